use std::time::Duration;

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No connection, or one that broke off. Browsers don't tell scripts which.
    #[error("the connection failed")]
    Connect,
    /// The whole answer, body included, wasn't there in time.
    #[error("no answer within {} ms", .0.as_millis() as u64)]
    Timeout(Duration),
    /// An answer with a status other than 2xx.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// A body above [`MAX_BODY`](super::MAX_BODY) bytes.
    #[error("the answer is too large")]
    TooLarge,
    /// The server wants to be left alone for so long, or can't be reached and is tried again
    /// then; longer than the asker waits.
    #[error("the server is left alone for {} ms", .0.as_millis() as u64)]
    Busy(Duration),
    /// The device has no network.
    #[error("the device is offline")]
    Offline,
    /// The engine was stopped.
    #[error("the engine was stopped")]
    Stopped,
}

impl Error {
    /// Whether the same request may succeed a moment later.
    ///
    /// The statuses are those that RFC 9110 and RFC 6585 call temporary, and the gateway errors.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect | Self::Timeout(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
            Self::TooLarge | Self::Busy(_) | Self::Offline | Self::Stopped => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_transient() {
        for (error, transient) in [
            (Error::Connect, true),
            (Error::Timeout(Duration::from_secs(10)), true),
            (Error::Status(408), true),
            (Error::Status(425), true),
            (Error::Status(429), true),
            (Error::Status(500), true),
            (Error::Status(502), true),
            (Error::Status(503), true),
            (Error::Status(504), true),
            (Error::Status(400), false),
            (Error::Status(401), false),
            (Error::Status(404), false),
            (Error::Status(501), false),
            (Error::Status(304), false),
            (Error::TooLarge, false),
            (Error::Busy(Duration::ZERO), false),
            (Error::Offline, false),
            (Error::Stopped, false),
        ] {
            assert_eq!(error.is_transient(), transient, "{error:?}");
        }
    }
}
