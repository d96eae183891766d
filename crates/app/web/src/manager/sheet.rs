//! A table as a page shows it and as a file holds it: the same cells, so that an export equals the screen.

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number with so many decimal places: 125 with one is 12.5.
    Decimal(i64, u8),
    /// Tenths of a per cent.
    Percent(i64),
    /// There is no value: the denominator is nought, or nothing was said.
    None,
}

/// What a page writes where there is no value.
pub const NO_VALUE: &str = "—";

impl Cell {
    /// A text; an empty one is no value.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::None } else { Self::Text(text) }
    }

    /// As the page and a CSV file write it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Decimal(value, places) => decimal(*value, *places),
            Self::Percent(permille) => format!("{}%", decimal(*permille, 1)),
            Self::None => NO_VALUE.to_owned(),
        }
    }

    /// Whether it is set to the right.
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Decimal(..) | Self::Percent(_))
    }
}

fn decimal(value: i64, places: u8) -> String {
    let scale = 10_u64.saturating_pow(u32::from(places));
    let whole = value.unsigned_abs().checked_div(scale).unwrap_or_default();
    let rest = value.unsigned_abs().checked_rem(scale).unwrap_or_default();
    // U+2212 would not be read as a number again.
    let sign = if value < 0 { "-" } else { "" };
    if places == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest:0width$}", width = usize::from(places))
    }
}

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The name of the file and of the sheet in it.
    pub name: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// One row as CSV (RFC 4180). Cells that a spreadsheet would take for a formula are told to be text: those that
/// begin with `=`, `+`, `-`, `@`, tab or a line's end get a straight quotation mark before them. Numbers of ours
/// stay numbers.
pub fn csv_row(cells: &[Cell]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        let shown = match cell {
            Cell::Text(text) => safe(text),
            Cell::Count(_) | Cell::Decimal(..) | Cell::Percent(_) | Cell::None => cell.shown(),
        };
        if shown.contains(['"', ',', '\r', '\n', '\t']) || shown.starts_with(['\'', ' ']) {
            line.push('"');
            line.push_str(&shown.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&shown);
        }
    }
    line.push_str("\r\n");
    line
}

/// A text that no spreadsheet takes for a formula. Full-width signs count too: some programs fold them.
fn safe(text: &str) -> String {
    let dangerous = text
        .trim_start_matches(' ')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if dangerous { format!("'{text}") } else { text.to_owned() }
}

/// The mark at the beginning of the file by which spreadsheets know UTF-8.
pub const UTF8_MARK: &str = "\u{feff}";

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("writing a workbook")]
pub struct WorkbookFault(#[from] rust_xlsxwriter::XlsxError);

/// A workbook being written row by row; rows that are done do not stay in memory.
pub struct WorkbookWriter {
    book: rust_xlsxwriter::Workbook,
    columns: Vec<String>,
    /// By decimal places.
    places: Vec<rust_xlsxwriter::Format>,
    percent: rust_xlsxwriter::Format,
    sheets: usize,
    row: u32,
}

impl std::fmt::Debug for WorkbookWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkbookWriter").field("row", &self.row).finish_non_exhaustive()
    }
}

/// Rows that a sheet of the format can hold.
const ROWS_MAX: u32 = 1_048_575;

impl WorkbookWriter {
    /// Begins with the headings.
    ///
    /// # Errors
    /// The temporary file could not be written.
    pub fn new(columns: &[String]) -> Result<Self, WorkbookFault> {
        let places = ["0", "0.0", "0.00", "0.000"]
            .map(|format| rust_xlsxwriter::Format::new().set_num_format(format))
            .to_vec();
        let mut writer = Self {
            book: rust_xlsxwriter::Workbook::new(),
            columns: columns.to_vec(),
            places,
            percent: rust_xlsxwriter::Format::new().set_num_format("0.0%"),
            sheets: 0,
            row: 0,
        };
        writer.turn_over()?;
        Ok(writer)
    }

    /// A new sheet with the headings.
    fn turn_over(&mut self) -> Result<(), WorkbookFault> {
        let heading = rust_xlsxwriter::Format::new().set_bold();
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, column) in (0_u16..).zip(&self.columns) {
            sheet.set_column_width(at, 16)?;
            sheet.write_string_with_format(0, at, column.as_str(), &heading)?;
        }
        self.sheets += 1;
        self.row = 0;
        Ok(())
    }

    /// Writes one row. Texts are written as texts, whatever they look like; numbers as numbers. What one sheet
    /// cannot hold goes on in the next.
    ///
    /// # Errors
    /// The temporary file could not be written.
    pub fn write(&mut self, cells: &[Cell]) -> Result<(), WorkbookFault> {
        if self.row >= ROWS_MAX {
            self.turn_over()?;
        }
        self.row += 1;
        let sheet = self.book.worksheet_from_index(self.sheets.saturating_sub(1))?;
        for (at, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text(text) => sheet.write_string(self.row, at, text.as_str())?,
                Cell::Count(count) => sheet.write_number(self.row, at, *count as f64)?,
                Cell::Decimal(value, decimals) => {
                    let number = *value as f64 / 10_f64.powi(i32::from(*decimals));
                    let format = self.places.get(usize::from(*decimals)).unwrap_or(&self.percent);
                    sheet.write_number_with_format(self.row, at, number, format)?
                }
                Cell::Percent(permille) => {
                    let share = *permille as f64 / 1000.0;
                    sheet.write_number_with_format(self.row, at, share, &self.percent)?
                }
                Cell::None => sheet.write_string(self.row, at, NO_VALUE)?,
            };
        }
        Ok(())
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// The temporary file could not be read again.
    pub fn finish(mut self) -> Result<Vec<u8>, WorkbookFault> {
        Ok(self.book.save_to_buffer()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_look_like_formulas_are_texts() {
        let table: [(&str, &str); 12] = [
            ("张伟", "张伟"),
            ("=1+1", "'=1+1"),
            ("+86 10", "'+86 10"),
            ("-2", "'-2"),
            ("@sum", "'@sum"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("  =1", "\"'  =1\""),
            ("＝1", "'＝1"),
            ("a,b", "\"a,b\""),
            ("说“好”", "说“好”"),
            ("say \"no\"\nand go", "\"say \"\"no\"\"\nand go\""),
        ];
        for (text, wanted) in table {
            let row = csv_row(&[Cell::text(text)]);
            let wanted =
                if wanted.starts_with("'") { format!("\"{wanted}\"") } else { wanted.into() };
            assert_eq!(row, format!("{wanted}\r\n"), "{text:?}");
        }
    }

    #[test]
    fn numbers_are_written_as_they_are_shown() {
        let cells = [
            Cell::Count(12),
            Cell::Decimal(125, 1),
            Cell::Decimal(-5, 2),
            Cell::Percent(-500),
            Cell::Percent(1000),
            Cell::None,
            Cell::text(""),
        ];
        assert_eq!(csv_row(&cells), "12,12.5,-0.05,-50.0%,100.0%,—,—\r\n");
    }
}
