use std::time::Duration;

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No connection, or one that broke off. Browsers don't tell scripts which.
    #[error("the connection failed")]
    Connect,
    /// The whole answer, body included, wasn't there in time.
    #[error("no answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// An answer with a status other than 2xx.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// A body above [`MAX_BODY`](super::MAX_BODY) bytes.
    #[error("the answer is too large")]
    TooLarge,
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
            Self::TooLarge | Self::Stopped => false,
        }
    }
}
