// testcontainers for Java: the simulator as a container for tests.
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

public final class SimulatorContainer extends GenericContainer<SimulatorContainer> {
    public SimulatorContainer() {
        super("dstack-simulator:0.1.0");
        withExposedPorts(8090);
        waitingFor(Wait.forHttp("/readyz").forPort(8090));
    }

    public String getEndpoint() {
        return "http://" + getHost() + ":" + getMappedPort(8090);
    }
}
