"""Take the `grader` command out of the wheel: it works in a clone, and the wheel holds the student's side only."""

from __future__ import annotations

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WithoutCommand(BuildHookInterface):
    """Drops the console scripts of a standard wheel; an editable install keeps them."""

    def initialize(self, version, build_data):
        if version == "standard":
            self.metadata.core.scripts.clear()
