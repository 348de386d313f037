//! TappdClient: what programs written for dstack 0.3 call.

use dstack_sdk::tappd_client::TappdClient;
use dstack_simulator_clients::*;

async fn derive_key_returns_the_known_key(endpoint: &str) {
    let known = &vectors("keys.json")["tappd_derive_key"];
    let got = TappdClient::new(Some(endpoint)).derive_key_with_subject("/", "s").await.unwrap();
    assert_eq!(got.key, known["response_key"].as_str().unwrap());
    let scalar = vectors("keys.json")["tappd_derive_k256_key"]["response"]["k256_key"].clone();
    assert_eq!(hex::encode(got.decode_key().unwrap()), scalar.as_str().unwrap());
    assert_eq!(got.certificate_chain.len(), 2);
}

async fn derive_key_depends_on_the_path_alone(endpoint: &str) {
    let client = TappdClient::new(Some(endpoint));
    let names = Some(vec!["www.example.com".into(), "::1".into()]);
    let one = client.derive_key("Straße/1").await.unwrap();
    let same = client.derive_key_with_subject_and_alt_names("Straße/1", Some("x"), names).await.unwrap();
    let other = client.derive_key("Straße/2").await.unwrap();
    assert_eq!(one.key, same.key);
    assert_ne!(one.key, other.key);
}

async fn a_raw_quote_holds_the_bytes_given(endpoint: &str) {
    let data: Vec<u8> = (0..64).collect();
    let got = TappdClient::new(Some(endpoint)).get_quote(data.clone()).await.unwrap();
    let quote = got.decode_quote().unwrap();
    assert_eq!(quote_report_data(&quote), data);
    assert_eq!(got.hash_algorithm.as_deref(), Some("raw"));
    assert_eq!(got.prefix.as_deref(), Some(""));
    let replayed: Vec<String> = got.replay_rtmrs().unwrap().into_values().collect();
    assert_eq!(replayed, quote_rtmrs(&quote));
}

async fn info_is_the_same_as_ever(endpoint: &str) {
    let client = TappdClient::new(Some(endpoint));
    let info = client.info().await.unwrap();
    let quote = client.get_quote(vec![7; 64]).await.unwrap();
    assert_eq!(info.app_id.len(), 40);
    assert_eq!(info.tcb_info.event_log, quote.decode_event_log().unwrap());
    assert_eq!(info.tcb_info.rtmr3, quote_rtmrs(&quote.decode_quote().unwrap())[3]);
}

over_each_transport!("TAPPD_SOCKET":
    derive_key_returns_the_known_key,
    derive_key_depends_on_the_path_alone,
    a_raw_quote_holds_the_bytes_given,
    info_is_the_same_as_ever,
);
