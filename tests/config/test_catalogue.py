"""The catalogue commands find what is said and point at what is not translated."""

from pathlib import Path

import pytest

from suqing.config import catalogue

PO_HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogue, "PACKAGE", tmp_path / "suqing")
    folder = tmp_path / "suqing" / "desk"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").touch()
    return folder


def say(package: Path, code: str, name: str = "words.py") -> None:
    (package / name).write_text(code, encoding="utf-8")


def translate(package: Path, entries: str) -> None:
    path = package / catalogue.CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PO_HEAD + entries, encoding="utf-8")


def test_ids_are_found_in_python_with_context_and_plural(package: Path) -> None:
    say(
        package,
        '_("one" " two")\npgettext("verb", "Open")\nngettext("%(n)s day", "%(n)s days", n)\n_(f"{x}")\n',
    )
    found = [(one.context, one.id, one.line) for one in catalogue.said_in(package)]
    assert found == [(None, "one two", 1), ("verb", "Open", 2), (None, ("%(n)s day", "%(n)s days"), 3)]


def test_ids_are_found_in_templates_whatever_their_indentation(package: Path) -> None:
    page = '<p>\n    {% load i18n %}\n  {% translate "50% off" %}\n {{ _("Yes")|upper }} (\'\n      "{% trans "a" %}</p>'
    say(package, page, "templates/page.html")
    assert [(one.id, one.line) for one in catalogue.said_in(package)] == [
        ("50%% off", 3),
        ("Yes", 4),
        ("a", 5),
    ]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("", "is missing"),
        ('msgid "%(n)s days"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "%(n)s days"\nmsgstr "%(n)s 天"\n', "fuzzy"),
        ('msgid "%(n)s days"\nmsgstr "%(m)s 天"\n', "placeholders"),
    ],
)
def test_a_fault_names_its_file_and_line(package: Path, entry: str, fault: str) -> None:
    say(package, '\n_("%(n)s days")\n')
    translate(package, entry)
    lines = catalogue.faults(package)
    assert len(lines) == 1
    assert lines[0].startswith("suqing/desk/words.py:2: ")
    assert fault in lines[0]


def test_update_appends_and_keeps_what_stands(package: Path) -> None:
    say(package, '_("Yes")\n_("No")\n')
    translate(package, '# kept\nmsgid "Yes"\nmsgstr "是"\n')
    before = (package / catalogue.CATALOGUE).read_text(encoding="utf-8")
    assert catalogue.update(package) == 1
    assert catalogue.update(package) == 0
    after = (package / catalogue.CATALOGUE).read_text(encoding="utf-8")
    assert after.startswith(before)
    assert [line.split(": ", 1)[1] for line in catalogue.faults(package)] == ["'No' is not translated"]


def test_a_new_catalogue_compiles_to_what_django_reads(package: Path) -> None:
    say(package, '_("Yes")\n')
    catalogue.update(package)
    path = package / catalogue.CATALOGUE
    path.write_text(
        path.read_text().replace('msgid "Yes"\nmsgstr ""', 'msgid "Yes"\nmsgstr "是"'), encoding="utf-8"
    )
    assert catalogue.faults(package) == []
    assert catalogue.compile(package) is True
    assert catalogue.compile(package) is False
    assert "是".encode() in path.with_suffix(".mo").read_bytes()


def test_two_packages_that_translate_one_id_differently_conflict(package: Path) -> None:
    other = package.parent / "phone"
    other.mkdir()
    (other / "__init__.py").touch()
    translate(package, 'msgid "Open"\nmsgstr "打开"\n')
    translate(other, 'msgid "Open"\nmsgstr "未结"\n')
    assert len(catalogue.conflicts()) == 1
