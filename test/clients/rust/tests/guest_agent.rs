//! DstackClient: keys, certificates, quotes, signatures.

use dstack_sdk::dstack_client::{DstackClient, TlsKeyConfig};
use dstack_sdk::ethereum::to_account;
use dstack_simulator_clients::*;
use sha2::{Digest, Sha256};

async fn get_key_returns_the_known_key(endpoint: &str) {
    let known = &vectors("keys.json")["get_key"][0];
    assert_eq!(known["request"]["algorithm"], "secp256k1");
    let got = DstackClient::new(Some(endpoint)).get_key(Some("a".into()), Some("p".into())).await.unwrap();
    assert_eq!(got.key, known["response"]["key"].as_str().unwrap());
    assert_eq!(got.signature_chain, strings(&known["response"]["signature_chain"]));
}

async fn get_key_is_signed_by_the_app_key(endpoint: &str) {
    let app = public_key(vectors("appkeys.json")["k256_key"].as_str().unwrap());
    let client = DstackClient::new(Some(endpoint));
    for (path, purpose) in [("", ""), ("wallet/Zürich", "mainnet"), ("a", "p:q")] {
        let got = client.get_key(Some(path.into()), Some(purpose.into())).await.unwrap();
        let message = format!("{purpose}:{}", hex::encode(compressed(&public_key(&got.key))));
        let chain = got.decode_signature_chain().unwrap();
        assert_eq!(chain.len(), 2);
        assert_eq!(recover(message.as_bytes(), &chain[0]), app, "path {path:?}");
        assert_eq!(to_account(&got).unwrap().to_bytes().as_slice(), got.decode_key().unwrap());
    }
}

async fn get_tls_key_gives_a_fresh_key_and_its_chain(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    let config = || {
        TlsKeyConfig::builder()
            .subject("Bücher.example")
            .alt_names(vec!["example.com".into(), "127.0.0.1".into()])
            .usage_ra_tls(true)
            .usage_client_auth(true)
            .build()
    };
    let one = client.get_tls_key(config()).await.unwrap();
    let other = client.get_tls_key(config()).await.unwrap();
    assert!(one.key.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_ne!(one.key, other.key);
    assert_eq!(one.certificate_chain.len(), 2);
    assert_eq!(one.certificate_chain[1], other.certificate_chain[1]);

    let (_, leaf) = x509_parser::pem::parse_x509_pem(one.certificate_chain[0].as_bytes()).unwrap();
    let (_, ca) = x509_parser::pem::parse_x509_pem(one.certificate_chain[1].as_bytes()).unwrap();
    let (leaf, ca) = (leaf.parse_x509().unwrap(), ca.parse_x509().unwrap());
    assert_eq!(leaf.issuer().as_raw(), ca.subject().as_raw());
    leaf.verify_signature(Some(ca.public_key())).expect("a leaf that the app's CA signed");
    assert_eq!(leaf.subject().iter_common_name().next().unwrap().as_str().unwrap(), "Bücher.example");
}

async fn get_tls_key_names_a_bad_request(endpoint: &str) {
    let config = TlsKeyConfig::builder().alt_names(vec!["żółw.example".into()]).build();
    let error = DstackClient::new(Some(endpoint)).get_tls_key(config).await.unwrap_err();
    assert!(format!("{error:?}").contains("400"), "{error:?}");
}

async fn get_quote_carries_the_report_data(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    for data in [b"x".to_vec(), "größer".as_bytes().to_vec(), vec![0xff; 64]] {
        let got = client.get_quote(data.clone()).await.unwrap();
        let mut padded = data;
        padded.resize(64, 0);
        assert_eq!(quote_report_data(&got.decode_quote().unwrap()), padded);
        assert_eq!(got.report_data, hex::encode(padded));
        let vm_config: serde_json::Value = serde_json::from_str(&got.vm_config).unwrap();
        assert!(vm_config["os_image_hash"].is_string());
    }
}

async fn attest_carries_the_report_data(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    let attestation = client.attest(vec![0xa5; 64]).await.unwrap().decode_attestation().unwrap();
    assert_eq!(attestation[..2], [0, 0]);
    assert!(attestation.windows(64).any(|bytes| bytes == [0xa5; 64]));
    assert!(client.attest(vec![0; 65]).await.is_err());
}

async fn sign_returns_the_known_signatures(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    for known in vectors("keys.json")["sign"].as_array().unwrap() {
        let (asked, expected) = (&known["request"], &known["response"]);
        let data = hex::decode(asked["data"].as_str().unwrap()).unwrap();
        let got = client.sign(asked["algorithm"].as_str().unwrap(), data).await.unwrap();
        assert_eq!(got.signature, expected["signature"].as_str().unwrap());
        assert_eq!(got.public_key, expected["public_key"].as_str().unwrap());
        assert_eq!(got.signature_chain, strings(&expected["signature_chain"]));
    }
}

async fn verify_tells_a_good_signature_from_a_bad_one(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    let digest = |text: &[u8]| Sha256::digest(text).to_vec();
    for algorithm in ["secp256k1", "k256", "secp256k1_prehashed", "ed25519"] {
        let (data, changed) = (digest("Unterschrift ✍".as_bytes()), digest(b"another text"));
        let signed = client.sign(algorithm, data.clone()).await.unwrap();
        let (signature, key) = (signed.decode_signature().unwrap(), signed.decode_public_key().unwrap());
        let verify = |data| client.verify(algorithm, data, signature.clone(), key.clone());
        assert!(verify(data).await.unwrap().valid, "{algorithm}");
        assert!(!verify(changed).await.unwrap().valid, "{algorithm}");
    }
}

async fn sign_takes_k256_for_secp256k1(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    let alias = client.sign("k256", b"abc".to_vec()).await.unwrap();
    let full = client.sign("secp256k1", b"abc".to_vec()).await.unwrap();
    assert_eq!((alias.signature, alias.public_key), (full.signature, full.public_key));
}

async fn sign_refuses_what_it_does_not_know(endpoint: &str) {
    let client = DstackClient::new(Some(endpoint));
    for algorithm in ["", "rsa", "SECP256K1"] {
        assert!(client.sign(algorithm, b"abc".to_vec()).await.is_err(), "{algorithm:?}");
    }
    assert!(client.sign("secp256k1_prehashed", b"abc".to_vec()).await.is_err());
    assert!(client.verify("ed25519", b"abc".to_vec(), vec![1; 63], vec![2; 32]).await.is_err());
}

async fn version_is_told(endpoint: &str) {
    let got = DstackClient::new(Some(endpoint)).version().await.unwrap();
    assert!(!got.version.is_empty() && !got.rev.is_empty());
}

over_each_transport!("SOCKET":
    get_key_returns_the_known_key,
    get_key_is_signed_by_the_app_key,
    get_tls_key_gives_a_fresh_key_and_its_chain,
    get_tls_key_names_a_bad_request,
    get_quote_carries_the_report_data,
    attest_carries_the_report_data,
    sign_returns_the_known_signatures,
    verify_tells_a_good_signature_from_a_bad_one,
    sign_takes_k256_for_secp256k1,
    sign_refuses_what_it_does_not_know,
    version_is_told,
);
