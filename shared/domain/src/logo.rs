//! The organisation's logo: a small picture, which is called after what is in it, so that it can be kept for ever.

use data_encoding::{BASE64, HEXLOWER};
use imagesize::ImageType;
use sha2::{Digest, Sha256};

use crate::language::Text;

/// Bytes that a logo has, at the most: everybody who signs in fetches it.
pub const MOST_BYTES: usize = 64 * 1_024;

/// Pixels of a side, at the most: a few bytes can unfold to more than a phone has room for.
const MOST_PIXELS: usize = 2_000;

/// Bytes of the hash that a logo is called by.
const HASH_BYTES: usize = 16;

/// Why a file is not taken as a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoError {
    /// It has too many bytes.
    #[error("more than {MOST_BYTES} bytes")]
    TooLarge,
    /// It is no PNG, JPEG or WebP, whatever it is called.
    #[error("not a PNG, JPEG or WebP")]
    NoPicture,
    /// A side is longer than it may be, or nothing.
    #[error("a side of nothing, or of more than {MOST_PIXELS} pixels")]
    TooWide,
}

impl LogoError {
    /// What it must be instead, as the end of a sentence.
    pub const fn told(self) -> Text {
        match self {
            Self::TooLarge => Text("must have at most 64 KiB", "debe tener como máximo 64 KiB"),
            Self::NoPicture => Text("must be a PNG, JPEG or WebP", "debe ser un PNG, un JPEG o un WebP"),
            Self::TooWide => Text(
                "must have between 1 and 2,000 pixels on each side",
                "debe tener entre 1 y 2000 píxeles en cada lado",
            ),
        }
    }
}

/// A logo as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// What it is called, such as `0123456789abcdef0123456789abcdef-320x96.png`.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Logo {
    /// A file as a logo. What it is, is read from its first bytes; SVG is none, as it can hold scripts.
    pub fn read(bytes: Vec<u8>) -> Result<Self, LogoError> {
        if bytes.len() > MOST_BYTES {
            return Err(LogoError::TooLarge);
        }
        let kind = imagesize::image_type(&bytes).ok().and_then(|kind| match kind {
            ImageType::Png => Some("png"),
            ImageType::Jpeg => Some("jpg"),
            ImageType::Webp => Some("webp"),
            _ => None,
        });
        let (Some(kind), Ok(size)) = (kind, imagesize::blob_size(&bytes)) else { return Err(LogoError::NoPicture) };
        if [size.width, size.height].iter().any(|side| !(1..=MOST_PIXELS).contains(side)) {
            return Err(LogoError::TooWide);
        }
        let hash = HEXLOWER.encode(&Sha256::digest(&bytes)[..HASH_BYTES]);
        Ok(Self { name: format!("{hash}-{}x{}.{kind}", size.width, size.height), bytes })
    }

    /// The same from a `data:` address (RFC 2397) in Base64. What it says of its kind is not listened to.
    pub fn of_data(address: &str) -> Result<Self, LogoError> {
        let content = address.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
        let (_, content) = content.ok_or(LogoError::NoPicture)?;
        if content.len() > BASE64.encode_len(MOST_BYTES) {
            return Err(LogoError::TooLarge);
        }
        Self::read(BASE64.decode(content.as_bytes()).map_err(|_| LogoError::NoPicture)?)
    }
}

/// What a logo's name says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// The whole name.
    pub name: &'a str,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The kind of file, as `Content-Type` has it.
    pub media: &'static str,
}

impl<'a> Told<'a> {
    /// Reads a name; `None` for what names no logo.
    pub fn of(name: &'a str) -> Option<Self> {
        let (hash, rest) = name.split_once('-')?;
        let (sides, kind) = rest.split_once('.')?;
        let (width, height) = sides.split_once('x')?;
        let media = match kind {
            "png" => "image/png",
            "jpg" => "image/jpeg",
            "webp" => "image/webp",
            _ => return None,
        };
        let is_hash = hash.len() == 2 * HASH_BYTES && HEXLOWER.decode(hash.as_bytes()).is_ok();
        let pixels = |text: &str| {
            let pixels = text.parse::<u32>().ok().filter(|pixels| pixels.to_string() == text)?;
            usize::try_from(pixels).is_ok_and(|pixels| (1..=MOST_PIXELS).contains(&pixels)).then_some(pixels)
        };
        is_hash.then_some(Self { name, width: pixels(width)?, height: pixels(height)?, media })
    }

    /// The pixels it takes on a page, width and height, if it gets this much room: never more than it has.
    pub fn within(self, width: u32, height: u32) -> (u32, u32) {
        let by_width = self.width.min(width);
        let tall = (self.height * by_width).div_ceil(self.width).max(1);
        if tall <= height { (by_width, tall) } else { ((self.width * height / self.height).max(1), height) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of a PNG with these sides.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let head = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes()].concat();
        [head, vec![8, 6, 0, 0, 0]].concat()
    }

    #[test]
    fn a_logo_is_called_after_what_is_in_it() {
        let one = Logo::read(png(320, 96)).unwrap();
        assert!(one.name.ends_with("-320x96.png") && one.name.len() == 32 + "-320x96.png".len(), "{}", one.name);
        let told = Told::of(&one.name).unwrap();
        assert_eq!((told.width, told.height, told.media), (320, 96, "image/png"));
        let other = Logo::read([png(320, 96), vec![1]].concat()).unwrap();
        assert_ne!(one.name, other.name);
        let address = format!("data:image/svg+xml;base64,{}", BASE64.encode(&one.bytes));
        assert_eq!(Logo::of_data(&address), Ok(one), "what it is, its bytes say");
    }

    #[test]
    fn what_is_no_small_picture_is_none() {
        let no = [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), LogoError::NoPicture),
            (b"GIF89a\x10\0\x10\0\0\0\0".to_vec(), LogoError::NoPicture),
            (b"<!doctype html><script>".to_vec(), LogoError::NoPicture),
            (b"\x89PNG\r\n\x1a\n".to_vec(), LogoError::NoPicture),
            (Vec::new(), LogoError::NoPicture),
            (png(0, 96), LogoError::TooWide),
            (png(20_000, 20_000), LogoError::TooWide),
            ([png(320, 96), vec![0; MOST_BYTES]].concat(), LogoError::TooLarge),
        ];
        for (bytes, why) in no {
            assert_eq!(Logo::read(bytes), Err(why));
        }
        for address in ["", "data:,x", "https://a.example/logo.png", "data:image/png;base64,%%%"] {
            assert_eq!(Logo::of_data(address), Err(LogoError::NoPicture), "{address}");
        }
    }

    #[test]
    fn only_names_of_logos_are_read() {
        let hash = "0123456789abcdef0123456789abcdef";
        assert!(Told::of(&format!("{hash}-1x2000.webp")).is_some());
        for bad in ["-0x5.png", "-1x2001.png", "-01x5.png", "-+1x5.png", "-5x5.svg", "-5x5", "-5.png", "-5x5.png\""] {
            assert_eq!(Told::of(&format!("{hash}{bad}")), None, "{bad}");
        }
        for bad in ["", "..", "0123-5x5.png", "0123456789ABCDEF0123456789ABCDEF-5x5.png"] {
            assert_eq!(Told::of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_logo_keeps_its_shape() {
        let within = |width, height| {
            let name = format!("0123456789abcdef0123456789abcdef-{width}x{height}.png");
            Told::of(&name).unwrap().within(256, 80)
        };
        let cases = [
            ((100, 50), (100, 50)),
            ((512, 64), (256, 32)),
            ((100, 1_000), (8, 80)),
            ((2_000, 1), (256, 1)),
            ((1, 2_000), (1, 80)),
            ((1_000, 1_000), (80, 80)),
        ];
        for ((width, height), fits) in cases {
            assert_eq!(within(width, height), fits, "{width} {height}");
        }
    }
}
