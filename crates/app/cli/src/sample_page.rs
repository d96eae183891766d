//! One page as a file: what the demo's people hand in wherever evidence is wanted. Any viewer opens it, and it says
//! of itself that it is a sample.
//!
//! Six objects, one page, no compression. Latin words stand in a font that every viewer has; Chinese ones name a
//! font by its character collection, for which viewers take one of their own.

/// Said on every page, in Latin letters.
const SAYS: &str = "Sample page of the demonstration. Not a real document.";
/// The same for whoever reads Chinese.
const SAYS_IN_CHINESE: &str = "演示样张，不是真实材料。";

/// A page of A4 with a title.
#[must_use]
pub fn pdf(title: &str) -> Vec<u8> {
    // The frame, then lines from the top, in points.
    let shown = format!(
        "0.6 w 40 40 515 762 re S\n\
         BT /C 20 Tf 72 740 Td <{}> Tj ET\n\
         BT /C 14 Tf 72 700 Td <{}> Tj ET\n\
         BT /L 12 Tf 72 676 Td ({SAYS}) Tj ET\n",
        utf16(title),
        utf16(SAYS_IN_CHINESE),
    );
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /L 5 0 R /C 6 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{shown}endstream", shown.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H \
         /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >> \
         /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 \
         /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 \
         /StemV 93 >> >>] >>"
            .to_owned(),
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = file.len();
    let count = objects.len() + 1;
    // Each line of the table is exactly twenty bytes long.
    file.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n"));
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!(
        "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    ));
    file.into_bytes()
}

fn utf16(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("{unit:04X}")).collect()
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "offsets of a file that holds nothing but ASCII")]
mod tests {
    use super::*;

    #[test]
    fn the_table_points_at_every_object_and_the_page_says_what_it_is() {
        let file = String::from_utf8(pdf("出生医学证明")).unwrap();
        let (_, end) = file.rsplit_once("startxref\n").unwrap();
        let table: usize = end.lines().next().unwrap().parse().unwrap();
        let mut lines = file[table..].lines();
        assert_eq!(lines.next(), Some("xref"));
        let count: usize = lines.next().unwrap().strip_prefix("0 ").unwrap().parse().unwrap();
        let entries: Vec<&str> = lines.take(count).collect();
        for (number, entry) in entries.iter().enumerate().skip(1) {
            assert_eq!(entry.len(), 19, "twenty bytes with the end of the line");
            let place: usize = entry[..10].parse().unwrap();
            assert!(file[place..].starts_with(&format!("{number} 0 obj\n")), "object {number}");
        }
        let (head, rest) = file.split_once("stream\n").unwrap();
        let length = head.rsplit_once("/Length ").unwrap().1;
        let length: usize = length.split_once(' ').unwrap().0.parse().unwrap();
        assert!(rest[length..].starts_with("endstream"));
        assert!(file.contains(SAYS) && file.contains(&utf16("出生医学证明")));
    }
}
