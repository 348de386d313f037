//go:build !linux || (!amd64 && !arm64)

package simulator

var compressed []byte
