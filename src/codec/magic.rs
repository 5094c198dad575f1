//! The medium of bytes that come without its name, told by how they begin.

/// First bytes as base64, and the media type. Whole groups of three bytes only, so that the text can be compared.
const MAGIC: [(&str, &str); 8] = [
    ("iVBORw0K", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("JVBERi", "application/pdf"),
    ("SUQz", "audio/mpeg"),
    ("T2dn", "audio/ogg"),
    ("ZkxhQ", "audio/flac"),
    ("SUkq", "image/tiff"),
];

/// The media type of base64 bytes; `None` if they begin like nothing known.
pub fn media_type(base64: &str) -> Option<&'static str> {
    let known = MAGIC.iter().find(|(first, _)| base64.starts_with(first));
    known.map(|(_, name)| *name).or_else(|| riff(base64))
}

/// A container whose ninth to twelfth byte say what is in it; the last three of them are a group of their own.
fn riff(base64: &str) -> Option<&'static str> {
    match base64.strip_prefix("UklGR")?.get(7..11)? {
        "RUJQ" => Some("image/webp"),
        "QVZF" => Some("audio/wav"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn known_beginnings() {
        let cases: [(&[u8], Option<&str>); 8] = [
            (b"\x89PNG\r\n\x1a\nxxxx", Some("image/png")),
            (b"\xff\xd8\xff\xe0xxxx", Some("image/jpeg")),
            (b"GIF89axxxx", Some("image/gif")),
            (b"%PDF-1.7xxxx", Some("application/pdf")),
            (b"RIFF\x12\x34\x56\x78WEBPVP8 ", Some("image/webp")),
            (b"RIFF\xff\xff\xff\xffWAVEfmt ", Some("audio/wav")),
            (b"RIFF\x12\x34\x56\x78AVI LIST", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(media_type(&STANDARD.encode(bytes)), expected, "{bytes:?}");
        }
    }
}
