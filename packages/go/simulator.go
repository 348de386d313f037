// Package simulator starts dstack-simulator for tests, and makes TDs in it.
package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// A start or a stop that takes longer hangs.
const limit = 30 * time.Second

// TB is what Start needs of a *testing.T or *testing.B.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Endpoint is where a guest agent is: URL over TCP, Socket as a Unix socket.
type Endpoint struct {
	URL    string
	Socket string
}

// Simulator is a running simulator. Its endpoint is that of its first TD.
type Simulator struct {
	Endpoint
	directory string
	command   *exec.Cmd
	ended     chan struct{}
	made      atomic.Int64
}

// TD is a TD that has been deployed.
type TD struct {
	Endpoint
	ID, AppID, InstanceID string
	simulator             *Simulator
}

// Settings of a TD. Compose is an app-compose.json as text; if it is empty, it is one that only has the name.
type Settings struct {
	Name, Compose string
}

// Start starts a simulator on a free port, which ends with the test. Options are those of the
// program, such as "--seed", "mine".
func Start(t TB, options ...string) *Simulator {
	t.Helper()
	simulator, err := New(options...)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	t.Cleanup(simulator.Stop)
	return simulator
}

// New is Start without a test, such as for TestMain. The caller stops the simulator.
func New(options ...string) (*Simulator, error) {
	directory, err := os.MkdirTemp("", "dstack-")
	if err != nil {
		return nil, err
	}
	simulator := &Simulator{directory: directory, ended: make(chan struct{})}
	if err := simulator.start(options); err != nil {
		simulator.Stop()
		return nil, fmt.Errorf("the simulator does not start: %w", err)
	}
	return simulator, nil
}

func (s *Simulator) start(options []string) error {
	path, err := program(s.directory)
	if err != nil {
		return err
	}
	ready := filepath.Join(s.directory, "ready.json")
	log, err := os.Create(filepath.Join(s.directory, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	arguments := []string{"--listen", "0", "--socket-dir", s.directory, "--vm-ports", "--ready-file", ready}
	command := exec.Command(path, append(arguments, options...)...)
	command.Stdout, command.Stderr, command.Env = log, log, environment()
	if err := command.Start(); err != nil {
		return err
	}
	s.command = command
	go func() {
		_ = command.Wait()
		close(s.ended)
	}()
	return s.await(ready, log.Name())
}

// environment is ours, without the settings of another simulator.
func environment() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "DSTACK_SIMULATOR_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

func (s *Simulator) await(ready, log string) error {
	for deadline := time.Now().Add(limit); ; time.Sleep(2 * time.Millisecond) {
		text, err := os.ReadFile(ready)
		if err == nil {
			return s.read(text)
		}
		select {
		case <-s.ended:
			said, _ := os.ReadFile(log)
			return fmt.Errorf("%s", bytes.TrimSpace(said))
		default:
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("it is not ready after %v", limit)
		}
	}
}

func (s *Simulator) read(ready []byte) error {
	var content struct {
		Endpoints []struct{ URL string }
	}
	if err := json.Unmarshal(ready, &content); err != nil {
		return err
	}
	for _, endpoint := range content.Endpoints {
		if endpoint.URL != "" {
			s.URL, s.Socket = endpoint.URL, filepath.Join(s.directory, "dstack.sock")
			return nil
		}
	}
	return fmt.Errorf("it has no TCP address")
}

// Stop ends the simulator and removes its files.
func (s *Simulator) Stop() {
	if s.command != nil {
		_ = s.command.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.ended:
		case <-time.After(limit):
			_ = s.command.Process.Kill()
			<-s.ended
		}
		s.command = nil
	}
	_ = os.RemoveAll(s.directory)
}

// It is on this machine, so there is no proxy.
var client = &http.Client{Timeout: limit, Transport: &http.Transport{DisableKeepAlives: true}}

// Call calls a method, such as "GetQuote" or "Simulator.SetFault". Arguments and result are what
// encoding/json takes; result may be nil.
func (e Endpoint) Call(method string, arguments, result any) error {
	if arguments == nil {
		arguments = struct{}{}
	}
	body, err := json.Marshal(arguments)
	if err != nil {
		return err
	}
	response, err := client.Post(e.URL+"/prpc/"+method, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", method, text)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(text, result)
}

// Reset reverts events, scenario and faults to what they were after the start.
func (s *Simulator) Reset() error {
	return s.Call("Simulator.Reset", nil, nil)
}

// TD deploys a TD, which ends with the test. Each has an app id of its own.
func (s *Simulator) TD(t TB) *TD {
	t.Helper()
	td, err := s.Deploy(Settings{})
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	t.Cleanup(func() { _ = td.Remove() })
	return td
}

// Deploy deploys a TD. Two with the same compose file have the same app id.
func (s *Simulator) Deploy(settings Settings) (*TD, error) {
	if settings.Name == "" {
		settings.Name = fmt.Sprintf("td-%d", s.made.Add(1))
	}
	if settings.Compose == "" {
		compose, err := json.Marshal(map[string]any{
			"manifest_version": 2, "name": settings.Name, "runner": "docker-compose",
			"docker_compose_file": "services: {}\n", "kms_enabled": true,
		})
		if err != nil {
			return nil, err
		}
		settings.Compose = string(compose)
	}
	var made struct{ ID string }
	err := s.Call("Teepod.CreateVm", map[string]any{
		"name": settings.Name, "image": "dstack-0.5.11", "vcpu": 1, "memory": 2048, "disk_size": 1,
		"compose_file": settings.Compose,
	}, &made)
	if err != nil {
		return nil, err
	}
	return s.booted(settings.Name, made.ID)
}

type info struct {
	AppID        string `json:"app_id"`
	InstanceID   string `json:"instance_id"`
	BootProgress string `json:"boot_progress"`
	BootError    string `json:"boot_error"`
	Events       []struct{ Event, Body string }
}

func (s *Simulator) booted(name, id string) (*TD, error) {
	for deadline := time.Now().Add(limit); ; time.Sleep(2 * time.Millisecond) {
		var found struct{ Info info }
		if err := s.Call("Teepod.GetInfo", map[string]string{"id": id}, &found); err != nil {
			return nil, err
		}
		if found.Info.BootProgress == "done" {
			return s.td(id, found.Info), nil
		}
		if found.Info.BootError != "" {
			return nil, fmt.Errorf("%s does not boot: %s", name, found.Info.BootError)
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%s does not boot: it is not ready", name)
		}
	}
}

func (s *Simulator) td(id string, info info) *TD {
	td := &TD{ID: id, AppID: info.AppID, InstanceID: info.InstanceID, simulator: s}
	td.Socket = filepath.Join(s.directory, "vms", id, "dstack.sock")
	for _, event := range info.Events {
		if event.Event == "simulator.url" {
			td.URL = event.Body
		}
	}
	return td
}

// Remove ends the TD.
func (td *TD) Remove() error {
	return td.simulator.Call("Teepod.RemoveVm", map[string]string{"id": td.ID}, nil)
}
