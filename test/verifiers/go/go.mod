module dstack-simulator/verifiers

go 1.20

require github.com/google/go-tdx-guest v0.3.2-0.20260818190952-1b56e1b967d4

require (
	github.com/google/logger v1.1.1 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	golang.org/x/crypto v0.17.0 // indirect
	golang.org/x/sys v0.19.0 // indirect
	google.golang.org/protobuf v1.34.2 // indirect
)
