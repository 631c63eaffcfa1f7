use super::*;

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

#[tokio::test]
async fn a_password_is_known_again_and_no_other() {
    let hasher = Hasher::default();
    let stored = hasher.hash(&password("harbour-lantern-42"), [3; 16]).await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    assert!(hasher.verify(Some(&password("harbour-lantern-42")), Some(&stored)).await.unwrap());
    assert!(!hasher.verify(Some(&password("harbour-lantern-43")), Some(&stored)).await.unwrap());
}

/// Argon2id of RFC 9106 as the reference command makes it: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 -e`
#[tokio::test]
async fn hashes_of_the_reference_program_are_known() {
    let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert!(Hasher::default().verify(Some(&password("password")), Some(stored)).await.unwrap());
}

#[tokio::test]
async fn nobody_is_behind_the_decoy() {
    let hasher = Hasher::default();
    for stored in [None, Some(""), Some("$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$AAAA"), Some("$2b$10$x")] {
        assert!(!hasher.verify(Some(&password("password")), stored).await.unwrap());
        assert!(!hasher.verify(None, stored).await.unwrap());
    }
}

const HARBOUR: &str = "harbour-lantern-42";

/// IO-2: hashes of the password above, made by the systems' own libraries: argon2-cffi, bcrypt, Passlib and Django of Python;
/// those of ASP.NET Identity and Keycloak put together with `hashlib` as their sources do it.
const ELSEWHERE: [&str; 20] = [
    "$pbkdf2-sha256$20000$AAECAwQFBgcICQoLDA0ODw$X/f2K1CgN/FPFKJ2PjA9Vh5uKEMzxpGCVIRN9Y1Zlvc",
    "$argon2i$v=19$m=8192,t=2,p=2$AAECAwQFBgcICQoLDA0ODw$HLs+8x2oDdMNhjSYag2ENg+Ev2Lwq3fOpqPvSJoMjzM",
    "$argon2d$v=19$m=8192,t=2,p=2$AAECAwQFBgcICQoLDA0ODw$FLJ8aXG6dl3zYk8RPaxhR/CFYJcIiru7JdwKkhbN8yc",
    "$argon2id$v=19$m=8192,t=2,p=2$AAECAwQFBgcICQoLDA0ODw$PUKwVin0dz1lIaMRUhopXitnudDAFHW7j15cf69fMwk",
    "$2b$10$x9ivxkqY0MqExL1S47yOTePt87c3G7QjHNxL.qh2ZpTHQSQ5y/3sS",
    "$2y$04$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC",
    "AAABAgMEBQYHCAkKCwwNDg8fByNQkXLsUeGHupmqLs4fmZvprmJQSrzxwWVAPWF8Vg==",
    "AQAAAAAAAAPoAAAAEAABAgMEBQYHCAkKCwwNDg8fByNQkXLsUeGHupmqLs4fmZvprmJQSrzxwWVAPWF8Vg==",
    "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg/tH6NRCQtoGId35EmymNP/wdKXC3anJRxhIg/1HIxrXg==",
    "AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg/GQn4Xl/3CMuEG/nAKdOkETVJyVy+yaZFR4Ddcue/uvA==",
    "keycloak$pbkdf2-sha256$27500$AAECAwQFBgcICQoLDA0ODw==$moQmvAGPY83LO9djgj4xmt7LJKzwCXjZ9mQBpL9m+QH7HOeFNjKYfbwas6mlh30mrgBvqjMg9LIeMHKa3Qf3cg==",
    "keycloak$pbkdf2$20000$AAECAwQFBgcICQoLDA0ODw==$Lk5/8L8bNcNZDs3S5LpxfLBhzuXnnSxnyz163JwhGsz4XBcD4btNX0CPkClfNqW6eIm4I9qwPpUKAmsonMTpXA==",
    r#"{"type": "password", "secretData": "{\"value\": \"xlfPiRIVRujeIv84SJ0Vya+F/lCo+XPm8UhZnECxqoFkLjzD0T0YuJi3T7p7XKpH2f+9flGkmNScLXlX3x5HsA==\", \"salt\": \"AAECAwQFBgcICQoLDA0ODw==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 30000, \"algorithm\": \"pbkdf2-sha512\", \"additionalParameters\": {}}"}"#,
    "pbkdf2_sha256$20000$seasalt1seasalt2$ry9lxoio7BOCZbW7gdnr8l+831dqpraqnxl4UvXoFBU=",
    "pbkdf2_sha1$20000$seasalt1seasalt2$iKzTCF29I2nPIodNJukgmrclWAU=",
    "argon2$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdDFzZWFzYWx0Mg$R8uQ8Vd+vutQQYv8uwMDo2L5MQ5tKcswRTU4/2Bb93w",
    "bcrypt_sha256$$2b$04$Mmx1DhX/QaxmRV0WqeNOxuuw729eJ7vkERPmXYrdXOnQwRQFYliRK",
    "bcrypt$$2b$04$.FYEnkLdLPDtRFOUmnaT/eFrgbl501XW5mhufkkpre9MokLwwW7D2",
    "scrypt$16384$seasalt1seasalt2$8$5$S8LbK3boC262UCh2njkhdw/Txz8EY/KQiGbruB0Ybikfy8Ki6MS6GECP20zMWOYDasOc7o1MaCzSztm0bnCJuQ==",
    "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$27VIPKTxSdYqeXf8feHiqdFNPPLfwZZGSLkqEp3Nh/E",
];

/// IO-2, SI-9
#[tokio::test]
async fn hashes_of_other_systems_are_known_and_renewed() {
    let hasher = Hasher::default();
    for stored in ELSEWHERE {
        assert!(hasher.verify(Some(&password(HARBOUR)), Some(stored)).await.unwrap(), "{stored}");
        let wrong = hasher
            .place()
            .unwrap()
            .examine(Some(&password("harbour-lantern-43")), Some(stored), [1; 16])
            .await
            .unwrap();
        assert_eq!(wrong, Verdict::default(), "{stored}");
        let right = hasher.place().unwrap().examine(Some(&password(HARBOUR)), Some(stored), [1; 16]).await.unwrap();
        let renewed = right.renewed.filter(|_| right.right).unwrap();
        let again = hasher.place().unwrap().examine(Some(&password(HARBOUR)), Some(&renewed), [1; 16]).await.unwrap();
        assert_eq!(again, Verdict { right: true, renewed: None }, "{stored}");
    }
}

/// IO-2: published vectors: RFC 6070 and 7914, the README of Firebase's scrypt, jBCrypt's tests.
#[tokio::test]
async fn published_vectors_are_known() {
    let table = [
        ("password", "pbkdf2_sha1$4096$salt$SwB5AbdlSJq+rUnZJvch0GWkKcE="),
        (
            "pleaseletmein",
            "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
        ),
        (
            "user1password",
            "firebase-scrypt$8$14$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
        ),
        ("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
        ("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."),
    ];
    for (typed, stored) in table {
        assert!(Hasher::default().verify(Some(&password(typed)), Some(stored)).await.unwrap(), "{stored}");
        assert!(!Hasher::default().verify(Some(&password("another")), Some(stored)).await.unwrap(), "{stored}");
    }
}

/// IO-2: bcrypt reads 72 bytes; what somebody typed behind them is not made part of their password. A NUL ends nothing here.
#[tokio::test]
async fn bcrypt_reads_what_bcrypt_reads() {
    let (hasher, stored) = (Hasher::default(), Some("$2b$04$g7aAu7cLRUIBkncHHjlG/efreayMYQ1HL38OBE8fiRcK68JcuvDge"));
    let long = hasher.place().unwrap().examine(Some(&password(&"a".repeat(80))), stored, [1; 16]).await.unwrap();
    assert_eq!(long, Verdict { right: true, renewed: None });
    assert!(!hasher.verify(Some(&password(&"a".repeat(71))), stored).await.unwrap());
    let (abc, nul) = (Some("$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"), password("abc\0def"));
    assert!(!hasher.verify(Some(&nul), abc).await.unwrap());
}

/// IO-2: a hash that would keep everybody waiting, or that is none, is said to be so.
#[test]
fn what_is_no_hash_or_too_dear_is_not_taken() {
    use stored::NotTaken::{Broken, Length, TooDear, Unknown};
    let short = "$argon2id$v=19$m=8192,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$PUKwVin0dz1lIaMR";
    let table = [
        ("$argon2id$v=19$m=1048576,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", TooDear),
        ("$argon2id$v=19$m=65536,t=100,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", TooDear),
        ("$2b$20$x9ivxkqY0MqExL1S47yOTePt87c3G7QjHNxL.qh2ZpTHQSQ5y/3sS", TooDear),
        ("pbkdf2_sha256$20000000$seasalt$ry9lxoio7BOCZbW7gdnr8l+831dqpraqnxl4UvXoFBU=", TooDear),
        ("$scrypt$ln=25,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$27VIPKTxSdYqeXf8feHiqdFNPPLfwZZGSLkqEp3Nh/E", TooDear),
        ("$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$27VI", Length),
        (short, Length),
        ("pbkdf2_sha256$0$seasalt$ry9lxoio7BOCZbW7gdnr8l+831dqpraqnxl4UvXoFBU=", Broken("Django's hashes")),
        ("$2b$12$short", Broken("bcrypt")),
        ("$2x$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i", Unknown),
        ("{}", Broken("a credential of Keycloak")),
        ("5f4dcc3b5aa765d61d8327deb882cf99", Unknown),
        ("AQ==", Unknown),
        ("", Unknown),
    ];
    for (text, why) in table {
        assert_eq!(Stored::parse(text).err(), Some(why), "{text}");
    }
}

/// LK-1: whoever comes when all places are taken is sent away before their try is counted; each place serves the next.
#[tokio::test]
async fn there_are_so_many_places() {
    let hasher = Hasher::default();
    let mut places: Vec<_> = (0..PLACES).map(|_| hasher.place().unwrap()).collect();
    for _ in 0..3 {
        assert!(hasher.place().is_err());
        assert!(hasher.hash(&password(HARBOUR), [1; 16]).await.is_err());
    }
    places.pop();
    let stored = hasher.hash(&password(HARBOUR), [1; 16]).await.unwrap();
    assert!(hasher.verify(Some(&password(HARBOUR)), Some(&stored)).await.unwrap());
    drop(places);
    assert!((0..PLACES).map(|_| hasher.place()).collect::<Vec<_>>().into_iter().all(|place| place.is_ok()));
}
