package tests

import (
	"encoding/json"
	"testing"

	"github.com/google/go-tdx-guest/verify"
)

type verdict struct {
	Refused         string
	RefusedByPolicy string `json:"refused_by_policy"`
}

type scenario struct {
	Name         string
	Platform     json.RawMessage
	QuotedBefore bool
	Verdict      verdict
}

// scenarios have the verdicts of this version of go-tdx-guest. The first is a healthy platform.
func scenarios(t *testing.T) []scenario {
	t.Helper()
	var rows []map[string]json.RawMessage
	table(t, "scenarios.json", &rows)
	column := setting(t, "COLUMN")
	found := make([]scenario, len(rows))
	for i, row := range rows {
		must(t, json.Unmarshal(row["name"], &found[i].Name))
		found[i].Platform = row["platform"]
		found[i].QuotedBefore = string(row["quoted_before"]) == "true"
		if row[column] == nil {
			t.Fatalf("%s has no verdict of %s", found[i].Name, column)
		}
		must(t, json.Unmarshal(row[column], &found[i].Verdict))
	}
	return found
}

// expectVerdict judges a fresh quote, expectVerdictOn a given one.
func expectVerdict(t *testing.T, s simulator, expected verdict) {
	t.Helper()
	quote, _ := s.quote(t, "1234")
	expectVerdictOn(t, s, quote, expected)
}

func expectVerdictOn(t *testing.T, s simulator, quote []byte, expected verdict) {
	t.Helper()
	if expected.Refused != "" {
		expectRefusal(t, s.verify(t, quote), expected.Refused)
	} else {
		must(t, s.verify(t, quote))
	}
	if expected.RefusedByPolicy != "" {
		expectRefusal(t, satisfy(quote), expected.RefusedByPolicy)
	} else {
		must(t, satisfy(quote))
	}
}

func TestPlatformOfTheOptions(t *testing.T) {
	started := urls(t)
	for _, row := range scenarios(t) {
		if url, ok := started[row.Name]; ok {
			t.Run(row.Name, func(t *testing.T) {
				expectVerdict(t, simulator{url}, row.Verdict)
			})
		}
	}
}

func TestPlatformSetWhileRunning(t *testing.T) {
	changing := simulated(t, "changing")
	rows := scenarios(t)
	for _, row := range rows {
		t.Run(row.Name, func(t *testing.T) {
			var status map[string]any
			before, _ := changing.quote(t, "1234")
			changing.call(t, "Simulator.SetPlatform", row.Platform, &status)
			defer func() {
				changing.call(t, "Simulator.SetPlatform", struct{}{}, &status)
				expectVerdict(t, changing, rows[0].Verdict)
			}()
			if row.QuotedBefore {
				expectVerdictOn(t, changing, before, row.Verdict)
			} else {
				expectVerdict(t, changing, row.Verdict)
			}
		})
	}
}

// A verifier that skips the revocation checks does not see that the PCK certificate is revoked.
func TestRevocationIsInTheListAlone(t *testing.T) {
	changing := simulated(t, "changing")
	var status map[string]any
	changing.call(t, "Simulator.SetPlatform", map[string]bool{"pck_revoked": true}, &status)
	defer changing.call(t, "Simulator.SetPlatform", struct{}{}, &status)
	quote, _ := changing.quote(t, "1234")
	must(t, verify.RawTdxQuote(quote, &verify.Options{
		GetCollateral: true,
		Getter:        changing,
		TrustedRoots:  changing.roots(t),
	}))
}
