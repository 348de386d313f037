"""OS images as dstack's VMM has them: a directory each, with what it is measured into."""

import hashlib
import json
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def cbor(value):
    """RFC 8949, as far as a measurement needs it."""
    if isinstance(value, int):
        return bytes([value])
    if isinstance(value, dict):
        return bytes([0xa0 | len(value)]) + b"".join(cbor(part) for pair in value.items() for part in pair)
    data = value.encode() if isinstance(value, str) else value
    kind = 0x60 if isinstance(value, str) else 0x40
    return (bytes([kind | len(data)]) if len(data) < 24 else bytes([kind | 24, len(data)])) + data


def measurement(fixture):
    """measurement.tdx.cbor of an os-image.json."""
    image = json.loads((FIXTURES / fixture).read_text())
    cmdline = (image["cmdline"] + " initrd=initrd").encode("utf-16-le") + b"\0\0"
    firmware = {name: bytes.fromhex(value) for name, value in image["firmware"].items()}
    return {
        "version": 3,
        "image": {"cmdline_sha384": hashlib.sha384(cmdline).digest(),
                  "kernel_authenticode": bytes.fromhex(image["kernel_authenticode_sha384"]),
                  "initrd_sha384": bytes.fromhex(image["initrd_sha384"])},
        "tdvf": {"ovmf": "pre202505",
                 "mrtd": {"single_pass": firmware["mrtd_single_pass"], "two_pass": firmware["mrtd_two_pass"]},
                 "td_hob": firmware["td_hob_witness"]},
    }


def make_image(directory, *, kernel=None, fixture="os-image.json", **metadata):
    """Writes the directory. kernel: its name, which another digest follows from. Returns the directory."""
    measured = measurement(fixture)
    if kernel:
        measured["image"]["kernel_authenticode"] = hashlib.sha384(kernel.encode()).digest()
    document = cbor(measured)
    others = "".join(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n" for name in ("bzImage", "initramfs.cpio.gz"))
    checksums = f"{others}{hashlib.sha256(document).hexdigest()}  measurement.tdx.cbor\n"
    described = {"cmdline": "x", "kernel": "bzImage", "initrd": "initramfs.cpio.gz", "rootfs": "rootfs.img.verity",
                 "bios": "ovmf.fd", "shared_ro": True, "is_dev": False, "version": "0.5.4", **metadata}
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "metadata.json").write_text(json.dumps({k: v for k, v in described.items() if v is not None}))
    (directory / "measurement.tdx.cbor").write_bytes(document)
    (directory / "sha256sum.txt").write_text(checksums)
    (directory / "digest.txt").write_text(hashlib.sha256(checksums.encode()).hexdigest() + "\n")
    return directory
