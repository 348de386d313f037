// testcontainers for Node.js: the simulator as a container for tests.
import { GenericContainer, Wait } from 'testcontainers'

export async function startSimulator(image = 'dstack-simulator:0.1.0') {
  const container = await new GenericContainer(image)
    .withExposedPorts(8090)
    .withWaitStrategy(Wait.forHttp('/readyz', 8090))
    .start()
  return { container, endpoint: `http://${container.getHost()}:${container.getMappedPort(8090)}` }
}
