use std::rc::Rc;

use super::{Decode, Feed, Id, Item, Updates, User};
use crate::http::{self, Ask};

/// Why something of Hacker News can't be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The request failed.
    #[error(transparent)]
    Http(#[from] http::Error),
    /// The answer isn't what the API promises.
    #[error("the answer can't be read")]
    Undecodable,
    /// The API answered `null`: there is no such thing, or not yet.
    #[error("not there (yet)")]
    Missing,
}

/// A value and the JSON text that it was decoded from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched<T> {
    /// The decoded value.
    pub value: T,
    /// The API's answer, word for word.
    pub json: String,
}

impl<T: Decode> Fetched<T> {
    /// Decodes an answer of the API.
    ///
    /// # Errors
    /// As [`Decode::decode`].
    pub fn decode(json: String) -> Result<Self, Error> {
        Ok(Self {
            value: T::decode(&json)?,
            json,
        })
    }
}

/// The official API, the source of truth: GET only, one request an item.
#[derive(Clone)]
pub struct Client {
    http: Rc<http::Client>,
    base: Rc<str>,
}

impl Client {
    /// A client of the API at `base`, such as `https://hacker-news.firebaseio.com/v0`.
    pub fn new(http: Rc<http::Client>, base: &str) -> Self {
        Self {
            http,
            base: base.trim_end_matches('/').into(),
        }
    }

    /// The engine that carries the requests.
    pub fn http(&self) -> &http::Client {
        &self.http
    }

    /// The current ranking of a feed: up to 500 ids.
    ///
    /// # Errors
    /// See [`Error`]; so for all that follow.
    pub async fn feed(&self, feed: Feed, ask: Ask) -> Result<Vec<Id>, Error> {
        Vec::decode(&self.get(feed.path(), ask).await?)
    }

    /// One item.
    pub async fn item(&self, id: Id, ask: Ask) -> Result<Fetched<Item>, Error> {
        let item = Fetched::<Item>::decode(self.get(&format!("item/{id}.json"), ask).await?)?;
        match item.value.id == id {
            true => Ok(item),
            false => Err(Error::Undecodable),
        }
    }

    /// One profile. Names are case-sensitive.
    pub async fn user(&self, name: &str, ask: Ask) -> Result<Fetched<User>, Error> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err(Error::Missing);
        }
        Fetched::decode(self.get(&format!("user/{name}.json"), ask).await?)
    }

    /// What changed of late.
    pub async fn updates(&self, ask: Ask) -> Result<Updates, Error> {
        Updates::decode(&self.get("updates.json", ask).await?)
    }

    /// The highest number given to an item so far.
    pub async fn max_item(&self, ask: Ask) -> Result<Id, Error> {
        let json = self.get("maxitem.json", ask).await?;
        json.trim().parse().map_err(|_| Error::Undecodable)
    }

    async fn get(&self, path: &str, ask: Ask) -> Result<String, Error> {
        let url = format!("{}/{path}", self.base);
        Ok(self.http.get(&url, ask).await?)
    }
}
