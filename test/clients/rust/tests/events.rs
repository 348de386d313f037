//! The event log, the registers it replays to, and Info.

use dstack_sdk::dstack_client::{DstackClient, GetQuoteResponse};
use dstack_simulator_clients::*;
use sha2::{Digest, Sha256, Sha384};
use tokio::task::JoinSet;

const RUNTIME_EVENT: u32 = 0x0800_0001;
const EVENTS: [(&str, &[u8]); 3] = [("rust-event", b"payload"), ("ereignis-ä-事件-🚀", b""), ("raw", &[0, 0xff])];

fn assert_replays(quote: &GetQuoteResponse) {
    let replayed: Vec<String> = quote.replay_rtmrs().unwrap().into_values().collect();
    assert_eq!(replayed, quote_rtmrs(&quote.decode_quote().unwrap()));
}

fn runtime_digest(name: &str, payload: &[u8]) -> String {
    let parts: [&[u8]; 5] = [&RUNTIME_EVENT.to_le_bytes(), b":", name.as_bytes(), b":", payload];
    hex::encode(Sha384::digest(parts.concat()))
}

async fn an_event_shows_in_the_next_quote(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    let before = client.get_quote(b"before".to_vec()).await.unwrap();
    assert_replays(&before);
    for (name, payload) in EVENTS {
        client.emit_event(name.into(), payload.to_vec()).await.unwrap();
        let after = client.get_quote(b"after".to_vec()).await.unwrap();
        assert_replays(&after);
        let last = after.decode_event_log().unwrap().pop().unwrap();
        assert_eq!((last.imr, last.event_type, last.event.as_str()), (3, RUNTIME_EVENT, name));
        assert_eq!(last.event_payload, hex::encode(payload));
        assert_eq!(last.digest, runtime_digest(name, payload));
    }
    let after = client.get_quote(b"after".to_vec()).await.unwrap();
    let (old, new) = (before.decode_event_log().unwrap(), after.decode_event_log().unwrap());
    assert_eq!(new[..old.len()], old[..]);
    assert_eq!(new.len(), old.len() + 3);
}

async fn many_events_at_once_are_all_recorded(endpoint: &str) {
    let count = |quote: &GetQuoteResponse| quote.decode_event_log().unwrap().len();
    let client = DstackClient::new(Some(endpoint));
    let before = count(&client.get_quote(b"count".to_vec()).await.unwrap());
    let mut emits = JoinSet::new();
    for i in 0..20 {
        let client = DstackClient::new(Some(endpoint));
        emits.spawn(async move { client.emit_event(format!("at-once-{i}"), vec![i]).await.unwrap() });
    }
    while let Some(done) = emits.join_next().await {
        done.unwrap();
    }
    let after = client.get_quote(b"count".to_vec()).await.unwrap();
    assert_eq!(count(&after), before + 20);
    assert_replays(&after);
}

async fn info_agrees_with_the_quote(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    let info = client.info().await.unwrap();
    let quote = client.get_quote(b"info".to_vec()).await.unwrap();
    let tcb = &info.tcb_info;
    let registers = [&tcb.rtmr0, &tcb.rtmr1, &tcb.rtmr2, &tcb.rtmr3];
    assert!(registers.into_iter().eq(quote_rtmrs(&quote.decode_quote().unwrap()).iter()));
    assert_eq!(tcb.event_log, quote.decode_event_log().unwrap());

    assert_eq!(info.compose_hash, hex::encode(Sha256::digest(&tcb.app_compose)));
    assert_eq!(info.compose_hash, tcb.compose_hash);
    assert_eq!((info.app_id.len(), info.instance_id.len(), info.device_id.len()), (40, 40, 64));
    assert_eq!(info.device_id, tcb.device_id);
    assert_eq!(info.vm_config, quote.vm_config);
    assert_eq!(info.app_cert.matches("-----BEGIN CERTIFICATE-----").count(), 2);
    let provider: serde_json::Value = serde_json::from_str(&info.key_provider_info).unwrap();
    assert_eq!(provider["name"], "kms");
}

over_each_transport!("SOCKET":
    an_event_shows_in_the_next_quote,
    many_events_at_once_are_all_recorded,
    info_agrees_with_the_quote,
);

#[tokio::test]
async fn an_app_may_have_any_name() {
    let compose: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(setting("COMPOSE")).unwrap()).unwrap();
    for endpoint in ["NAMED_URL", "NAMED_SOCKET"] {
        let info = DstackClient::new(Some(&setting(endpoint))).info().await.unwrap();
        assert_eq!(info.app_name, compose["name"].as_str().unwrap());
        assert_eq!(info.app_id, info.compose_hash[..40]);
    }
}
