//! Pod logs, by the log subresource with the kubelet's time stamps.

use chrono::{DateTime, Utc};
use futures::{AsyncBufReadExt, StreamExt, stream::BoxStream};
use hypo_model::ports::cluster::{Error, LogLine, LogQuery};
use hypo_shared::ErrorCode;
use k8s_openapi::{api::core::v1::Pod, jiff::Timestamp};
use kube::{Api, Client, api::LogParams};

use super::error::translate;

/// Characters of one line that are kept; the rest is cut with a mark.
const MAX_LINE: usize = 16 * 1024;

/// Opens the stream of one container.
pub async fn stream(client: &Client, query: &LogQuery) -> Result<BoxStream<'static, Result<LogLine, Error>>, Error> {
    let api: Api<Pod> = Api::namespaced(client.clone(), &query.namespace);
    let params = LogParams {
        container: query.container.clone(),
        follow: query.follow,
        previous: query.previous,
        tail_lines: query.tail,
        since_time: query.since.and_then(|since| Timestamp::from_second(since.timestamp()).ok()),
        timestamps: true,
        ..LogParams::default()
    };
    let reader = api.log_stream(&query.pod, &params).await.map_err(translate)?;
    let (pod, container) = (query.pod.clone(), query.container.clone().unwrap_or_default());
    Ok(reader
        .lines()
        .map(move |line| match line {
            Ok(line) => Ok(parse(&line, &pod, &container)),
            Err(error) => {
                Err(Error { code: ErrorCode::ClusterUnreachable, message: error.to_string(), transient: true })
            }
        })
        .boxed())
}

fn parse(line: &str, pod: &str, container: &str) -> LogLine {
    let stamped = line
        .split_once(' ')
        .and_then(|(stamp, text)| Some((DateTime::parse_from_rfc3339(stamp).ok()?.with_timezone(&Utc), text)));
    let (at, text) = stamped.unwrap_or((DateTime::UNIX_EPOCH, line));
    LogLine { at, pod: pod.to_owned(), container: container.to_owned(), text: shorten(text) }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamped_line() {
        let line = parse("2026-11-22T10:00:00.123456789Z hello world", "p", "c");
        assert_eq!(line.text, "hello world");
        assert_eq!(line.at.timestamp_subsec_nanos(), 123_456_789);
    }

    #[test]
    fn a_line_without_stamp_is_kept_whole() {
        assert_eq!(parse("unable to retrieve container logs", "p", "c").text, "unable to retrieve container logs");
    }

    #[test]
    fn a_long_line_is_cut_at_a_character() {
        let line = "é".repeat(MAX_LINE + 10);
        assert_eq!(shorten(&line).chars().count(), MAX_LINE + 1);
    }
}
