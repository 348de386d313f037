module github.com/Dstack-TEE/dstack-simulator/packages/go

go 1.20
