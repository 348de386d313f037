"""testcontainers for Python: the simulator as a container for tests."""
from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import wait_for_logs


def simulator(image="dstack-simulator:0.1.0"):
    """with simulator() as container: DstackClient(endpoint(container))"""
    container = DockerContainer(image).with_exposed_ports(8090)
    container.start()
    wait_for_logs(container, "ready in")
    return container


def endpoint(container):
    return f"http://{container.get_container_host_ip()}:{container.get_exposed_port(8090)}"
