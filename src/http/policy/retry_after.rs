use std::time::Duration;

use crate::time::Timestamp;

/// No server is believed that asks for more. Algolia's own limits are counted by the hour.
const AT_MOST: Duration = Duration::from_secs(3_600);

/// How long a server asks to be left alone, by the value of its `Retry-After` header.
///
/// Both forms of RFC 9110 §10.2.3 are read: seconds, and a date in any of the three forms of
/// §5.6.7, against the device's own clock. `None` for what is neither, for zero, and for a date
/// that has passed; never more than an hour.
pub fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a long time too.
        let seconds = text.bytes().fold(0_u64, |sum, digit| {
            sum.saturating_mul(10).saturating_add((digit - b'0').into())
        });
        Duration::from_secs(seconds)
    } else {
        // How old this moment will be by then.
        now.age(Timestamp::from_secs(date(text)?))
    };
    (!wait.is_zero()).then_some(wait.min(AT_MOST))
}

/// The seconds from 1970 to a date such as `Sun, 06 Nov 1994 08:49:37 GMT`,
/// `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
///
/// All three are five numbers and a month; only the place of the year differs.
fn date(text: &str) -> Option<u64> {
    let mut numbers = [0_u64; 5];
    let (mut count, mut month, mut month_first) = (0, 0, false);
    let mut in_number = false;
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        if byte.is_ascii_digit() {
            count += usize::from(!in_number);
            let number = numbers.get_mut(count - 1)?;
            *number = (*number * 10 + u64::from(byte - b'0')).min(99_999);
        } else if month == 0 {
            let rest = &text.as_bytes()[at..];
            let place = MONTHS.chunks(3).position(|name| rest.starts_with(name));
            month = place.map_or(0, |place| place as u64 + 1);
            month_first = count == 0;
        }
        in_number = byte.is_ascii_digit();
    }
    if count < 5 || month == 0 {
        return None;
    }
    let [day, mut year, hour, minute, second] = numbers;
    let (year, hour, minute, second) = if month_first {
        (second, year, hour, minute)
    } else {
        if year < 100 {
            year += if year < 70 { 2_000 } else { 1_900 };
        }
        (year, hour, minute, second)
    };
    let sane = (1..=31).contains(&day)
        && (1_970..10_000).contains(&year)
        && hour < 24
        && minute < 60
        && second <= 60;
    sane.then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// The days from 1970 to a day of the Gregorian calendar. The year begins in March, so that the
/// leap day is its last; Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let from_march = (month + 9) % 12;
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (153 * from_march + 2) / 5 + day - 719_469
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT, the RFC's example.
    const THEN: u64 = 784_111_777;

    fn read(text: &str) -> Option<u64> {
        let now = Timestamp::from_secs(THEN - 90);
        retry_after(text, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_are_read() {
        assert_eq!(read("120"), Some(120));
        assert_eq!(read(" 7 "), Some(7));
        assert_eq!(read("1"), Some(1));
    }

    #[test]
    fn a_date_is_read_in_all_three_forms() {
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(90));
        assert_eq!(read("Sunday, 06-Nov-94 08:49:37 GMT"), Some(90));
        assert_eq!(read("Sun Nov  6 08:49:37 1994"), Some(90));
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sat, 28 Feb 1970 23:59:59 GMT", 5_097_599),
            ("Sun, 01 Mar 1970 00:00:00 GMT", 5_097_600),
            ("Thu, 31 Dec 1970 00:00:00 GMT", 31_449_600),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Friday, 31-Dec-99 23:59:60 GMT", 946_684_800),
            ("Saturday, 01-Aug-26 06:30:00 GMT", 1_785_565_800),
            ("Thursday, 31-Dec-69 00:00:00 GMT", 3_155_673_600),
            ("Thursday, 01-Jan-70 00:00:05 GMT", 5),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ] {
            assert_eq!(date(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_neither_form_says_nothing() {
        for text in [
            "",
            "soon",
            "-5",
            "1.5",
            "0x10",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:12 GMT",
            "Sun, 06 Xyz 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 0100 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 10000 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_has_passed_and_no_time_at_all_say_nothing() {
        assert_eq!(read("0"), None);
        assert_eq!(read("Sun, 06 Nov 1994 08:48:07 GMT"), None);
        assert_eq!(read("Fri, 04 Nov 1994 00:00:00 GMT"), None);
    }

    #[test]
    fn nonsense_is_bounded_to_an_hour() {
        assert_eq!(read("3600"), Some(3_600));
        assert_eq!(read("3601"), Some(3_600));
        assert_eq!(read("99999999999999999999999999"), Some(3_600));
        assert_eq!(read("Fri, 31 Dec 9999 23:59:59 GMT"), Some(3_600));
    }
}
