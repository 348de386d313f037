package simulator

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// program returns the path of the program: DSTACK_SIMULATOR_PROGRAM, that of this module, which is
// written to directory, or that on the PATH.
func program(directory string) (string, error) {
	if named := os.Getenv("DSTACK_SIMULATOR_PROGRAM"); named != "" {
		return named, nil
	}
	if len(compressed) == 0 {
		found, err := exec.LookPath("dstack-simulator")
		if err != nil {
			return "", errors.New("this module has no dstack-simulator for this machine, and none is on the PATH")
		}
		return found, nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(reader)
	if err != nil {
		return "", err
	}
	path := filepath.Join(directory, "dstack-simulator")
	return path, os.WriteFile(path, data, 0o700)
}
