//! What a program that uses the SDK sees when the guest agent fails, is slow, or goes away in
//! the middle. These are facts about the SDK: it has no timeout of its own, opens a connection
//! for each call, and never calls a second time by itself.

use dstack_sdk::dstack_client::DstackClient;
use dstack_sdk::tappd_client::TappdClient;
use dstack_simulator_clients::*;
use serde_json::json;
use std::fmt::Display;
use std::time::Duration;
use tokio::time::timeout;

const FOREVER: u64 = 600_000;
const IMPATIENT: Duration = Duration::from_secs(1);
const DROPPED: &str = "connection closed before message completed";
const CUT: &str = "end of file before message length reached";

/// The error and its causes, as `{:#}` of anyhow shows them.
fn told<T>(outcome: Result<T, impl Display>) -> String {
    match outcome {
        Ok(_) => panic!("an answer where none can be"),
        Err(error) => format!("{error:#}"),
    }
}

async fn key(endpoint: &str) -> Result<String, impl Display> {
    DstackClient::new(Some(endpoint)).get_key(Some("a".into()), None).await.map(|got| got.key)
}

async fn event_names(endpoint: &str) -> Vec<String> {
    let quote = DstackClient::new(Some(endpoint)).get_quote(b"x".to_vec()).await.unwrap();
    quote.decode_event_log().unwrap().into_iter().map(|event| event.event).collect()
}

async fn emit(endpoint: &str, name: &str) -> Result<(), impl Display> {
    DstackClient::new(Some(endpoint)).emit_event(name.into(), vec![1]).await
}

async fn a_status_is_an_error_without_the_message(endpoint: &str) {
    for status in [400, 429, 500, 503] {
        let _fault = Fault::set("", json!({"status": status, "message": "out of luck"}));
        let client = DstackClient::new(Some(endpoint));
        let errors = [
            told(key(endpoint).await),
            told(client.info().await),
            told(client.get_quote(b"x".to_vec()).await),
            told(client.version().await),
            told(emit(endpoint, "none").await),
        ];
        for error in errors {
            assert!(error.contains(&status.to_string()) && !error.contains("out of luck"), "{error}");
        }
    }
}

async fn a_dropped_call_says_that_the_connection_closed(endpoint: &str) {
    let _fault = Fault::set("", json!({"drop": true}));
    assert!(told(key(endpoint).await).contains(DROPPED));
    assert!(told(emit(endpoint, "none").await).contains(DROPPED));
}

async fn a_cut_answer_says_that_it_ended_early(endpoint: &str) {
    let _fault = Fault::set("", json!({"cut": true}));
    assert!(told(key(endpoint).await).contains(CUT));
    assert!(told(DstackClient::new(Some(endpoint)).info().await).contains(CUT));
}

async fn a_delay_is_waited_for(endpoint: &str) {
    let at_once = key(endpoint).await.ok().unwrap();
    let _fault = Fault::set("GetKey", json!({"delay_ms": 50}));
    assert_eq!(key(endpoint).await.ok().unwrap(), at_once);
    assert_eq!(hits(), [1]);
}

async fn a_timeout_is_up_to_the_program(endpoint: &str) {
    {
        let _fault = Fault::set("GetKey", json!({"delay_ms": FOREVER}));
        assert!(timeout(IMPATIENT, key(endpoint)).await.is_err());
    }
    assert!(key(endpoint).await.is_ok());
}

async fn the_sdk_does_not_try_again_but_a_second_call_works(endpoint: &str) {
    for how in ["status", "drop", "cut"] {
        let mut fault = json!({"times": 2});
        fault[how] = if how == "status" { json!(503) } else { json!(true) };
        let _fault = Fault::set("GetKey", fault);
        assert!(key(endpoint).await.is_err());
        assert_eq!(hits(), [1], "{how}");
        assert!(key(endpoint).await.is_err());
        assert_eq!(hits(), [0; 0], "{how}");
        assert!(key(endpoint).await.is_ok());
    }
}

async fn an_event_sent_again_may_be_there_twice(endpoint: &str) {
    let cases = [(json!({"status": 503, "times": 1}), 1), (json!({"drop": true, "times": 1}), 1),
                 (json!({"cut": true, "times": 1}), 2)];
    for (how, recorded) in cases {
        let before = event_names(endpoint).await;
        let _fault = Fault::set("EmitEvent", how.clone());
        assert!(emit(endpoint, "again").await.is_err());
        assert!(emit(endpoint, "again").await.is_ok());
        assert_eq!(event_names(endpoint).await, [before, vec!["again".into(); recorded]].concat(), "{how}");
    }
}

async fn an_event_that_took_too_long_is_recorded(endpoint: &str) {
    let before = event_names(endpoint).await;
    let _fault = Fault::set("EmitEvent", json!({"delay_ms": FOREVER}));
    assert!(timeout(IMPATIENT, emit(endpoint, "late")).await.is_err());
    assert_eq!(event_names(endpoint).await, [before, vec!["late".into()]].concat());
}

over_each_transport!("SOCKET":
    a_status_is_an_error_without_the_message,
    a_dropped_call_says_that_the_connection_closed,
    a_cut_answer_says_that_it_ended_early,
    a_delay_is_waited_for,
    a_timeout_is_up_to_the_program,
    the_sdk_does_not_try_again_but_a_second_call_works,
    an_event_sent_again_may_be_there_twice,
    an_event_that_took_too_long_is_recorded,
);

#[tokio::test]
async fn the_old_client_fails_alike() {
    for endpoint in [setting("URL"), setting("TAPPD_SOCKET")] {
        let client = TappdClient::new(Some(&endpoint));
        for (how, says) in [("status", "503"), ("drop", DROPPED), ("cut", CUT)] {
            let value = if how == "status" { json!(503) } else { json!(true) };
            let _fault = Fault::set("Tappd.DeriveKey", json!({how: value}));
            let error = told(client.derive_key("a").await);
            assert!(error.contains(says), "{error}");
            assert!(client.info().await.is_ok());
        }
    }
}
