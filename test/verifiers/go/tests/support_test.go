// Package tests verifies the simulator's quotes with go-tdx-guest.
package tests

import (
	"bytes"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-tdx-guest/validate"
	"github.com/google/go-tdx-guest/verify"
)

const (
	intel        = "https://api.trustedservices.intel.com"
	rootCRLPath  = "/IntelSGXRootCA.der"
	runtimeEvent = 0x08000001
	registerSize = 48
)

var client = &http.Client{Transport: &http.Transport{Proxy: nil}, Timeout: time.Minute}

func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv("VERIFIER_TEST_" + name)
	if value == "" {
		t.Fatalf("VERIFIER_TEST_%s is not set: start with test/verifiers/run go", name)
	}
	return value
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// table reads a table that all languages share.
func table(t *testing.T, file string, rows any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(setting(t, "TABLES"), file))
	must(t, err)
	must(t, json.Unmarshal(text, rows))
}

// urls are those of the simulators, by name.
func urls(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	must(t, json.Unmarshal([]byte(setting(t, "URLS")), &found))
	return found
}

// simulator is a running one, as a relying party sees it.
type simulator struct{ url string }

func simulated(t *testing.T, name string) simulator {
	t.Helper()
	return simulator{urls(t)[name]}
}

// Get is the verifier's way out: Intel's service and the root CRL are the
// simulator's, and there is nothing else.
func (s simulator) Get(asked string) (map[string][]string, []byte, error) {
	path := strings.TrimPrefix(asked, intel)
	if point, err := url.Parse(asked); err == nil && point.Path == rootCRLPath {
		path = rootCRLPath
	}
	if !strings.HasPrefix(path, "/") {
		return nil, nil, fmt.Errorf("the verifier asks %s", asked)
	}
	answer, err := client.Get(s.url + path)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, body)
	}
	return answer.Header, body, err
}

func (s simulator) call(t *testing.T, method string, arguments, result any) {
	t.Helper()
	body, err := json.Marshal(arguments)
	must(t, err)
	answer, err := client.Post(s.url+"/prpc/"+method, "application/json", bytes.NewReader(body))
	must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(t, err)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", method, answer.Status, text)
	}
	must(t, json.Unmarshal(text, result))
}

type event struct {
	IMR     int    `json:"imr"`
	Type    uint32 `json:"event_type"`
	Digest  string `json:"digest"`
	Name    string `json:"event"`
	Payload string `json:"event_payload"`
}

// quote is what GetQuote answers, and its event log.
func (s simulator) quote(t *testing.T, reportData string) ([]byte, []event) {
	t.Helper()
	var answer struct {
		Quote    string `json:"quote"`
		EventLog string `json:"event_log"`
	}
	s.call(t, "DstackGuest.GetQuote", map[string]string{"report_data": reportData}, &answer)
	quote, err := hex.DecodeString(answer.Quote)
	must(t, err)
	var log []event
	must(t, json.Unmarshal([]byte(answer.EventLog), &log))
	return quote, log
}

func (s simulator) emit(t *testing.T, name, payload string) {
	t.Helper()
	var nothing any
	s.call(t, "DstackGuest.EmitEvent", map[string]string{"event": name, "payload": payload}, &nothing)
}

func (s simulator) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	_, der, err := s.Get("/simulator/root-ca.der")
	must(t, err)
	root, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return pool
}

// verify checks a quote with all that go-tdx-guest can check.
func (s simulator) verify(t *testing.T, quote []byte) error {
	t.Helper()
	return verify.RawTdxQuote(quote, &verify.Options{
		CheckRevocations: true,
		GetCollateral:    true,
		Getter:           s,
		TrustedRoots:     s.roots(t),
	})
}

// report is a quote's TD report and what follows it. From version 5 on, it comes after
// its type and size.
func report(quote []byte) []byte {
	if quote[0] == 4 {
		return quote[48:]
	}
	return quote[54:]
}

// satisfy checks a quote against a policy that refuses debug TDs.
func satisfy(quote []byte) error {
	return validate.RawTdxQuote(quote, &validate.Options{
		HeaderOptions: validate.HeaderOptions{
			QeVendorID: []byte("\x93\x9a\x72\x33\xf7\x9c\x4c\xa9\x94\x0a\x0d\xb3\x95\x7f\x06\x07"),
		},
		TdQuoteBodyOptions: validate.TdQuoteBodyOptions{
			TdAttributes:     []byte{0, 0, 0, 0x10, 0, 0, 0, 0},
			MinimumTeeTcbSvn: report(quote)[:16],
			MrTd:             report(quote)[136:184],
			Rtmrs:            registers(quote),
			ReportData:       report(quote)[520:584],
		},
	})
}

// registers are RTMR0 to RTMR3.
func registers(quote []byte) [][]byte {
	found := make([][]byte, 4)
	for i := range found {
		found[i] = report(quote)[328+registerSize*i:][:registerSize]
	}
	return found
}

// digest is what an event extends its register by; a runtime event's is computed.
func (e event) digest(t *testing.T) []byte {
	t.Helper()
	if e.Type != runtimeEvent {
		digest, err := hex.DecodeString(e.Digest)
		must(t, err)
		return digest
	}
	payload, err := hex.DecodeString(e.Payload)
	must(t, err)
	kind := make([]byte, 4)
	binary.LittleEndian.PutUint32(kind, e.Type)
	sum := sha512.Sum384(bytes.Join([][]byte{kind, []byte(e.Name), payload}, []byte(":")))
	return sum[:]
}

// replay gives the registers that an event log leads to.
func replay(t *testing.T, log []event) [][]byte {
	t.Helper()
	found := [][]byte{make([]byte, 48), make([]byte, 48), make([]byte, 48), make([]byte, 48)}
	for _, e := range log {
		sum := sha512.Sum384(append(append([]byte{}, found[e.IMR]...), e.digest(t)...))
		found[e.IMR] = sum[:]
	}
	return found
}

func same(a, b [][]byte) bool {
	return bytes.Equal(bytes.Join(a, nil), bytes.Join(b, nil))
}
