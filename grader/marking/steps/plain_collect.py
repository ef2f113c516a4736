"""Collect plain files only: nbgrader would copy a link's target, with the instructor's rights."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect


class PlainCollect(ExchangeCollect):
    """nbgrader's collect without links, pipes and devices. A submission that cannot be copied never stops others."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        with tempfile.TemporaryDirectory(dir=Path(dest).parent) as folder:
            plain = Path(folder) / "plain"
            try:
                if Path(src).is_symlink():
                    raise OSError("it is a link")
                shutil.copytree(src, plain, symlinks=True, ignore=self._not_plain)
                super().do_copy(str(plain), dest, log)
            except (OSError, shutil.Error, RuntimeError) as reason:
                shutil.rmtree(dest, ignore_errors=True)
                self.log.error("NOT COLLECTED: %s: %s", src, reason)

    def _not_plain(self, folder: str, names: list[str]) -> set[str]:
        modes = {name: os.lstat(os.path.join(folder, name)).st_mode for name in names}
        left = {name for name, mode in modes.items() if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))}
        for name in sorted(left):
            self.log.warning("Left out, for it is a link or no file: %s", os.path.join(folder, name))
        return left
