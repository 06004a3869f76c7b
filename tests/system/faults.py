"""The fault tools of ../shared/tools/faults, made ready for a test."""
import subprocess

from rig import SHARED, need

TOOLS = SHARED / "tools" / "faults"


def preload(source, folder):
    """Compiles a preload shim into `folder`; its path."""
    need(TOOLS / source)
    shim = folder / source.replace(".c", ".so")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(shim), str(TOOLS / source), "-ldl"], check=True)
    return shim


class Disk:
    """What goes wrong with the disk below a folder (iofault.c); each method gives the environment for a program."""

    def __init__(self, tools_folder, folder):
        self.shim, self.folder = preload("iofault.c", tools_folder), folder

    def faulty(self, what):
        """`what`: CALL:NTH:WHAT, as the shim's head explains."""
        return {"LD_PRELOAD": str(self.shim), "IOFAULT_DIR": str(self.folder), "IOFAULT": what}

    def shadowed(self, shadow):
        """Remembers in `shadow` what is synced, for power-loss."""
        return {"LD_PRELOAD": str(self.shim), "IOFAULT_DIR": str(self.folder), "IOFAULT_SHADOW": str(shadow)}

    def lose_power(self, folder, shadow, mode, seed):
        """Leaves of `folder` what a power cut would; mode: lost or torn. The programs must be gone."""
        return subprocess.run([str(TOOLS / "power-loss"), str(folder), str(shadow), mode, str(seed)], capture_output=True, text=True)
