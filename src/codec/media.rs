//! What bytes are, by how they begin.

/// The media type of an image in base64, if it is one that is widely taken.
pub fn image_type(base64: &str) -> Option<&'static str> {
    let known = BEGINNINGS.iter();
    let mut known = known.filter(|(beginning, _)| base64.starts_with(beginning));
    known.next().map(|(_, media_type)| *media_type)
}

/// Beginnings of files, as base64 has them: only characters that no later byte changes.
const BEGINNINGS: [(&str, &str); 4] = [
    ("iVBORw0KG", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        let cases: [(&[u8], Option<&str>); 6] = [
            (b"\x89PNG\r\n\x1a\n\0\0", Some("image/png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("image/jpeg")),
            (b"GIF89a", Some("image/gif")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"BM6\0\0\0", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(image_type(&STANDARD.encode(bytes)), expected, "{bytes:?}");
        }
    }
}
