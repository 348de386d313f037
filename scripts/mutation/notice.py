"""Which tests should notice a change: of a source file, and of a room."""
import re

MOST_UNIT_TESTS = 8

# After the unit tests: the pytest files of a source file, or else of its room.
PYTEST = {
    "crypto": ("services/test_guest_v1", "http/test_verifier"),
    "sim/main.c": ("http/test_command_line", "http/test_healthcheck", "services/test_vm_clients", "services/test_encrypted_env"),
    "sim/app": ("services/test_app_files", "services/test_newer_apps"),
    "sim/base": ("http/test_unread_log", "services/test_vmm_state"),
    "sim/cli": ("http/test_command_line",),
    "sim/cli/healthcheck.c": ("http/test_healthcheck",),
    "sim/cli/options_dstack.c": ("http/test_dstack_config",),
    "sim/client": ("services/test_command_errors", "services/test_vmm"),
    "sim/cluster": ("services/test_cluster", "services/test_reset"),
    "sim/engine": ("services/test_vm_containers",),
    "sim/faults": ("services/test_faults",),
    "sim/format": ("services/test_app_files", "services/test_encodings"),
    "sim/host": ("services/test_encodings", "services/test_metrics"),
    "sim/host/lease.c": ("services/test_tsm",),
    "sim/host/syscall_filter.c": ("http/test_system_calls",),
    "sim/http": ("http/test_browsers", "http/test_transport"),
    "sim/image": ("services/test_vm_images", "services/test_vm_variants"),
    "sim/keys": ("services/test_guest_v1", "services/test_kms"),
    "sim/kms": ("services/test_kms",),
    "sim/kms/kms_guest.c": ("services/test_kms_join",),
    "sim/kms/kms_join.c": ("services/test_kms_join",),
    "sim/kms/kms_peer.c": ("services/test_kms_tls", "services/test_kms_join"),
    "sim/net": ("http/test_listening", "http/test_service_manager"),
    "sim/net/http_client.c": ("services/test_kms_join", "services/test_kms_webhook"),
    "sim/net/outbox.c": ("http/test_transport",),
    "sim/net/turns.c": ("http/test_tls",),
    "sim/net/writes.c": ("http/test_transport",),
    "sim/pages": ("http/test_logs",),
    "sim/pages/vm_logs.c": ("services/test_log_deployments", "services/test_vm_clients"),
    "sim/process": ("http/test_process", "http/test_command_line"),
    "sim/process/descriptors.c": ("http/test_descriptors",),
    "sim/process/hosting.c": ("services/test_vmm", "services/test_deployments"),
    "sim/process/joining.c": ("services/test_kms_join",),
    "sim/process/kms_asker.c": ("services/test_kms_webhook",),
    "sim/process/kms_caller.c": ("services/test_kms_join",),
    "sim/process/kms_host.c": ("services/test_kms",),
    "sim/rpc": ("services/test_encodings", "services/test_openapi"),
    "sim/services": ("services/test_encodings", "services/test_dashboard"),
    "sim/services/kms_service.c": ("services/test_kms",),
    "sim/services/kms_inquiry.c": ("services/test_kms",),
    "sim/services/vmm_service.c": ("services/test_vmm",),
    "sim/services/routes.c": ("services/test_vm_paths", "services/test_deployments"),
    "sim/services/simulator.c": ("services/test_encrypted_env",),
    "sim/td": ("services/test_dstack_os", "services/test_reset"),
    "sim/td/td_env.c": ("services/test_vm_env",),
    "sim/td/td_keys.c": ("services/test_kms_join",),
    "sim/tdx": ("http/test_verifier", "services/test_mr_config"),
    "sim/tsm": ("services/test_tsm",),
    "sim/verify": ("http/test_verifier",),
    "sim/vmm": ("services/test_vmm", "services/test_vmm_state"),
    "sim/watch": ("http/test_request_log", "services/test_metrics"),
}


def pytest_files(path):
    return [f"test/{name}.py" for name in PYTEST.get(path, PYTEST.get(path.rsplit("/", 1)[0], ()))]


def linked_with(tree):
    """For each unit test, the objects that are linked into it."""
    linked = {}
    for path in sorted((tree / "build/unit").glob("test_*.map")):
        head = path.read_text(errors="replace").split("\nDiscarded", 1)[0].split("\nMemory Configuration", 1)[0]
        linked[path.name.removesuffix(".map")] = set(re.findall(r"library\.a\((\w[\w.-]*)\.o\)", head))
    return linked


def unit_tests(path, linked):
    """Those that are named after the file, then those with the fewest other files; at most so many."""
    stem = path.rsplit("/", 1)[-1].removesuffix(".c")
    users = [test for test, objects in linked.items() if stem in objects]
    users.sort(key=lambda test: (not re.match(rf"test_{stem}(?:_|$)", test), len(linked[test]), test))
    return users[:MOST_UNIT_TESTS]
