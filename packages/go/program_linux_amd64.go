package simulator

import _ "embed"

//go:embed program_linux_amd64.gz
var compressed []byte
