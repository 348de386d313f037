package simulator

import _ "embed"

//go:embed program_linux_arm64.gz
var compressed []byte
