# SPDX-License-Identifier: Apache-2.0
"""The tests of the manual find what they are there to find: the smallest faulty page of each kind, and a sound one."""
import pathlib
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent / "docs/site")]
import docs_test  # noqa: E402
import stage  # noqa: E402


class Page(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.root = pathlib.Path(made.name).resolve()
        (self.root / "docs").mkdir()
        docs_test.ROOT = stage.ROOT = self.root

    def page(self, text, name="docs/page.md"):
        (self.root / name).write_text(text)
        return self.root / name

    def faults(self, text, update=False):
        return docs_test.check(self.page(text), self.root / "bin", update)


class Commands(Page):
    def test_sound_ones_are_counted(self):
        counts, faults = self.faults('```csv title="f"\n1,2\n```\n<!-- run first: echo 3 >> f -->\n```console\n'
                                     "$ cat f   # both\n1,2\n3\n$ false # exit 1\n$ echo a b c\na ... c\n```\n"
                                     "<!-- not run: a GPU -->\n```console\n$ nvidia-smi\n```\n")
        self.assertEqual(faults, [])
        self.assertEqual(counts, {"run": 4, "of these with their output": 2, "not run, needs a GPU": 1})

    def test_faults_are_found(self):
        for text, said in {"```console\n$ false\n```": ":2: exit 1, not 0",
                           "```console\n$ true # exit 2\n```": ":2: exit 0, not 2",
                           "```console\n$ echo a\nb\n```": ":2: prints something else",
                           "```console\n$ echo a\na\nb\n```": ":2: prints something else",
                           "```console\n$ printf 'a\\nb\\n'\na\n```": ":2: prints something else",
                           "```console\n$ echo a.b\na...c\n```": ":2: prints something else",
                           "<!-- not run: no time -->\n```console\n$ true\n```": "'no time' is none of",
                           "```sh\n$ braid list models\n```": ":2: nothing runs this command",
                           "    braid list models\n": ":1: nothing runs this command"}.items():
            _, faults = self.faults(text)
            self.assertEqual(len(faults), 1, text)
            self.assertIn(said, faults[0])

    def test_a_missing_program_is_no_fault(self):
        counts, faults = self.faults("```console\n$ braid gui\n```")
        self.assertEqual((dict(counts), faults), ({"not run, braid-gui is not built": 1}, []))

    def test_help_is_written_anew(self):
        (self.root / "bin").mkdir()
        program = self.root / "bin/tool"
        program.write_text("#!/bin/sh\necho new\necho help\n")
        program.chmod(0o755)
        self.faults("```console\n$ tool --help\nold\n$ tool\n...\n```\nbehind", update=True)
        self.assertEqual((self.root / "docs/page.md").read_text(),
                         "```console\n$ tool --help\nnew\nhelp\n$ tool\n...\n```\nbehind")


class Links(Page):
    def found(self, text, navigation="  - A: docs/page.md\n"):
        (self.root / "mkdocs.yml").write_text("site_name: x\nnav:\n" + navigation)
        self.page(text)
        return stage.gather()

    def test_sound_ones_bring_their_targets(self):
        (self.root / "folder").mkdir()
        self.page("x", "folder/a.txt")
        files, faults = self.found("# A b-c: `d.e`\n[1](#a-b-c-de) [2](../folder) [3](https://x.y) `[4](none)`\n"
                                   "```\n[5](none)\n```\n")
        self.assertEqual(faults, [])
        self.assertEqual({str(file.relative_to(self.root)) for file in files}, {"docs/page.md", "folder/README.md"})
        stage.write(files, self.root / "out")
        self.assertEqual((self.root / "out/folder/a.txt").read_text(), "x")
        self.assertIn("(../folder/README.md)", (self.root / "out/docs/page.md").read_text())

    def test_faults_are_found(self):
        for text, said in {"[a](none.md)": "page.md:1: there is no", "\n[a](#none)": "page.md:2: docs/page.md has no heading",
                           "[a](../../../etc/hosts)": "there is no"}.items():
            _, faults = self.found(text)
            self.assertEqual(len(faults), 1, text)
            self.assertIn(said, faults[0])

    def test_pages_that_nothing_leads_to(self):
        self.page("x", "docs/lost.md")
        _, faults = self.found("x", "  - A: docs/page.md\n  - B: docs/gone.md\n")
        self.assertEqual(faults, ["mkdocs.yml: there is no docs/gone.md",
                                  "docs/lost.md: neither the navigation nor a link leads to it"])


if __name__ == "__main__":
    unittest.main()
