package tests

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-tdx-guest/verify"
)

func TestQuoteIsAccepted(t *testing.T) {
	plain := simulated(t, "plain")
	for _, data := range []string{"", "1234", strings.Repeat("ff", 64)} {
		t.Run("report data "+data, func(t *testing.T) {
			quote, log := plain.quote(t, data)
			must(t, plain.verify(t, quote))
			must(t, satisfy(quote))
			if !same(replay(t, log), registers(quote)) {
				t.Error("the event log does not lead to the registers")
			}
		})
	}
}

func TestQuoteOfDstack06IsAccepted(t *testing.T) {
	newer := simulated(t, "newer")
	quote, _ := newer.quote(t, "1234")
	must(t, newer.verify(t, quote))
	must(t, satisfy(quote))
	other, _ := simulated(t, "plain").quote(t, "1234")
	for i := range registers(quote) {
		if bytes.Equal(registers(quote)[i], registers(other)[i]) {
			t.Errorf("RTMR%d is that of the other image", i)
		}
	}
}

func TestQuotesOfAppsAreAccepted(t *testing.T) {
	var apps []struct {
		Name         string `json:"name"`
		MrConfigForm byte   `json:"mr_config_form"`
	}
	table(t, "apps.json", &apps)
	for _, row := range apps {
		t.Run(row.Name, func(t *testing.T) {
			app := simulated(t, "app: "+row.Name)
			quote, _ := app.quote(t, "1234")
			must(t, app.verify(t, quote))
			must(t, satisfy(quote))
			if quote[232] != row.MrConfigForm {
				t.Errorf("MRCONFIGID has form %d", quote[232])
			}
		})
	}
}

func TestQuoteEndsAsIntels(t *testing.T) {
	plain := simulated(t, "plain")
	quote, _ := plain.quote(t, "1234")
	end := 636 + binary.LittleEndian.Uint32(quote[632:])
	if !bytes.HasSuffix(quote[:end], []byte("-----END CERTIFICATE-----\n\x00")) {
		t.Error("no NUL ends the certificates")
	}
	if !bytes.Equal(quote[end:], make([]byte, 70)) {
		t.Error("there are not 70 zeros after the signature data")
	}
	must(t, plain.verify(t, quote[:end]))
}

func TestQuoteAfterAnEventIsAccepted(t *testing.T) {
	plain := simulated(t, "plain")
	_, before := plain.quote(t, "")
	plain.emit(t, "größer", "00ff")
	quote, after := plain.quote(t, "")
	must(t, plain.verify(t, quote))
	if !same(replay(t, after), registers(quote)) || same(replay(t, before), registers(quote)) {
		t.Error("the registers do not show the event")
	}
}

type tampering struct {
	Part        string
	At          int
	Certificate *int
	Refusal     string `json:"go_tdx_guest"`
}

// apply changes one bit of a copy.
func (change tampering) apply(t *testing.T, quote []byte) []byte {
	t.Helper()
	changed := append([]byte{}, quote...)
	if change.Certificate == nil {
		changed[change.At] ^= 1
		return changed
	}
	start := bytes.Index(changed, []byte("-----BEGIN CERTIFICATE"))
	block, rest := pem.Decode(changed[start:])
	for i := 0; i < *change.Certificate; i++ {
		start = len(changed) - len(rest)
		block, rest = pem.Decode(rest)
	}
	block.Bytes[change.At] ^= 1
	end := append([]byte{}, rest...)
	changed = append(append(changed[:start], pem.EncodeToMemory(block)...), end...)
	if len(changed) != len(quote) || bytes.Equal(changed, quote) {
		t.Fatal("the certificate is not replaced in its place")
	}
	return changed
}

func TestChangedQuoteIsRefused(t *testing.T) {
	plain := simulated(t, "plain")
	var rows []tampering
	table(t, "tampering.json", &rows)
	quote, _ := plain.quote(t, "1234")
	for _, row := range rows {
		t.Run(row.Part, func(t *testing.T) {
			expectRefusal(t, plain.verify(t, row.apply(t, quote)), row.Refusal)
		})
	}
}

func expectRefusal(t *testing.T, err error, pattern string) {
	t.Helper()
	if err == nil {
		t.Fatal("it is accepted")
	}
	if pattern == "" || !regexp.MustCompile(pattern).MatchString(err.Error()) {
		t.Errorf("it is refused because: %v\nand not because: %s", err, pattern)
	}
}

func TestQuoteCutShortIsRefused(t *testing.T) {
	plain := simulated(t, "plain")
	quote, _ := plain.quote(t, "1234")
	for _, length := range []int{0, 47, 48, 631, 636, 700, 1254, 2000, len(quote) - 110} {
		if plain.verify(t, quote[:length]) == nil {
			t.Errorf("%d bytes of a quote are accepted", length)
		}
	}
}

func TestSignatureOfAnotherQuoteIsRefused(t *testing.T) {
	plain := simulated(t, "plain")
	one, _ := plain.quote(t, "01")
	other, _ := plain.quote(t, "02")
	mixed := append(append(append([]byte{}, one[:636]...), other[636:700]...), one[700:]...)
	expectRefusal(t, plain.verify(t, mixed), "unable to verify message digest")
}

func TestOtherRootsAreRefused(t *testing.T) {
	plain, stranger := simulated(t, "plain"), simulated(t, "stranger")
	quote, _ := plain.quote(t, "1234")
	expectRefusal(t, stranger.verify(t, quote), "error verifying PCK Certificate")
	intels := &verify.Options{CheckRevocations: true, GetCollateral: true, Getter: plain}
	expectRefusal(t, verify.RawTdxQuote(quote, intels), "error verifying PCK Certificate")
	strange, _ := stranger.quote(t, "1234")
	must(t, stranger.verify(t, strange))
}

func TestChangedEventLogLeadsElsewhere(t *testing.T) {
	plain := simulated(t, "plain")
	plain.emit(t, "to be changed", "01")
	quote, log := plain.quote(t, "")
	last := len(log) - 1
	changes := map[string]func(log []event) []event{
		"lost":           func(log []event) []event { return log[:last] },
		"repeated":       func(log []event) []event { return append(log, log[last]) },
		"renamed":        func(log []event) []event { log[last].Name = "another"; return log },
		"other payload":  func(log []event) []event { log[last].Payload = "02"; return log },
		"other digest":   func(log []event) []event { log[0].Digest = log[1].Digest; return log },
		"other register": func(log []event) []event { log[last].IMR = 2; return log },
	}
	if !same(replay(t, log), registers(quote)) {
		t.Fatal("the event log does not lead to the registers")
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			if same(replay(t, change(append([]event{}, log...))), registers(quote)) {
				t.Error("it still leads to the registers")
			}
		})
	}
}
