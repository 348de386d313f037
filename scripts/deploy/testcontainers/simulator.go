// Package simulator is testcontainers for Go: the simulator as a container for tests.
package simulator

import (
	"context"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// Start returns the endpoint of a simulator that ends with the test.
func Start(t *testing.T) string {
	ctx := context.Background()
	container, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		ContainerRequest: testcontainers.ContainerRequest{
			Image:        "dstack-simulator:0.1.0",
			ExposedPorts: []string{"8090/tcp"},
			WaitingFor:   wait.ForHTTP("/readyz").WithPort("8090/tcp"),
		},
		Started: true,
	})
	testcontainers.CleanupContainer(t, container)
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := container.PortEndpoint(ctx, "8090/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	return endpoint
}
