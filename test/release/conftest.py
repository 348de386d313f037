"""What scripts/release makes, for this machine and for others. Long builds, so only `make test-release` runs them."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
