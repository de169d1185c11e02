"""A file that cannot be read as a table, in words for the person who brought it."""

from __future__ import annotations

N_ = str

NO_FILE = N_("The file is not there any more. Upload it again.")
EMPTY = N_("The file is empty.")
IS_HTML = N_(
    "This is a web page named like a table. Open it in a spreadsheet and save it as an Excel workbook (.xlsx)."
)
IS_OLD_XLS = N_(
    "This is an Excel file of the old kind (.xls). Save it as an Excel workbook (.xlsx) or as CSV."
)
IS_ENCRYPTED = N_("This workbook is protected by a password. Take the password away and save it again.")
HAS_MACROS = N_("This workbook holds macros. Save it as an Excel workbook without macros (.xlsx).")
IS_BINARY_BOOK = N_("This is a binary workbook (.xlsb). Save it as an Excel workbook (.xlsx).")
IS_OTHER_ZIP = N_("This is no Excel workbook: it has no sheets inside.")
IS_WORKBOOK = N_("This is an Excel workbook, not a CSV file. Give its name the ending .xlsx.")
IS_TEXT = N_("This is text, not an Excel workbook. If it is a table, give its name the ending .csv.")
BROKEN = N_("The workbook is damaged: %(detail)s. Open it in a spreadsheet and save it again.")
TOO_BIG_INSIDE = N_(
    "Unpacked, the workbook would have %(size)s MB; at most %(limit)s MB are read. Split it, or save it as CSV."
)
ZIP_BOMB = N_("The workbook unpacks to %(ratio)s times its size: no table does. It is not opened.")
NO_MEMORY = N_("The workbook needs more memory than one import may use. Split it, or save it as CSV.")
NO_TIME = N_(
    "Reading the workbook took longer than %(seconds)s seconds and was given up. Split it, or save it as CSV."
)
READER_DIED = N_("The workbook cannot be read: its contents are damaged.")
NO_SUCH_SHEET = N_("The workbook has no sheet “%(sheet)s”.")
NO_ROWS = N_("The table has no rows below its header.")
NO_HEADER = N_("No header was found in the first %(rows)s rows: one row must name the columns.")
TOO_WIDE = N_("The table has %(columns)s columns; at most %(limit)s are read.")
SAME_COLUMN = N_("Two columns are called “%(column)s” (%(first)s and %(second)s). Rename one of them.")
BAD_BYTE = N_("Line %(line)s is not text in %(encoding)s. Save the table as CSV in UTF-8.")
BAD_BYTE_GUESS = N_(
    "Line %(line)s is neither UTF-8 nor GB18030; it looks like %(guess)s. Save the table as CSV in UTF-8."
)
UNKNOWN_ENCODING = N_("The encoding %(encoding)s is not known; choose UTF-8, GB18030 or UTF-16.")
HAS_NUL = N_("Line %(line)s holds bytes of zero: this is no text table. Save it as CSV in UTF-8.")
LONG_LINE = N_(
    "Line %(line)s has more than %(limit)s characters: this is no table, or a quotation mark is never closed."
)
BAD_QUOTES = N_(
    "From row %(row)s on a quotation mark is never closed, or a cell has more than %(limit)s characters."
)


class Unreadable(Exception):
    """The file as a whole cannot be read: an English message id and its values."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.message, self.values)


def _again(kind: type[Unreadable], message: str, values: dict[str, object]) -> Unreadable:
    """The same on the other side of a pipe."""
    return kind(message, **values)
