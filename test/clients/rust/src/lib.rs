//! What the tests share: where the simulator is, the known numbers, and how
//! to read a quote and a signature chain without the simulator's help.

use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use serde_json::Value;
use sha3::{Digest, Keccak256};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A setting the launcher passes in, by the end of its name.
pub fn setting(name: &str) -> String {
    let name = format!("CLIENT_TEST_{name}");
    std::env::var(&name).unwrap_or_else(|_| panic!("{name} is not set: start with test/clients/run rust"))
}

/// A JSON file from the directory of known numbers.
pub fn vectors(file: &str) -> Value {
    let path = std::path::Path::new(&setting("VECTORS")).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What the Simulator answers: the same one for either transport.
pub fn control(method: &str, arguments: Value) -> Value {
    let (url, body) = (setting("URL"), arguments.to_string());
    let address = url.strip_prefix("http://").expect("a plain URL");
    let mut stream = TcpStream::connect(address).expect("the simulator");
    let head = format!("POST /prpc/Simulator.{method} HTTP/1.0\r\nContent-Length: {}\r\n", body.len());
    write!(stream, "{head}Content-Type: application/json\r\n\r\n{body}").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
    serde_json::from_str(body).expect("JSON")
}

/// Calls of a method go wrong until this goes out of scope, whatever happens.
pub struct Fault;

impl Fault {
    pub fn set(method: &str, mut how: Value) -> Fault {
        how["method"] = method.into();
        control("SetFault", how);
        Fault
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        control("ClearFaults", serde_json::json!({}));
    }
}

/// How often each fault that is set has happened.
pub fn hits() -> Vec<u64> {
    let status = control("Status", serde_json::json!({}));
    let faults = status["faults"].as_array().expect("a list of faults");
    faults.iter().map(|fault| fault["hits"].as_u64().expect("a number")).collect()
}

/// The strings of a JSON array.
pub fn strings(list: &Value) -> Vec<String> {
    let items = list.as_array().expect("an array of strings");
    items.iter().map(|item| item.as_str().expect("a string").to_owned()).collect()
}

const TD_REPORT: usize = 48;

fn td_report_field(quote: &[u8], offset: usize, length: usize) -> &[u8] {
    &quote[TD_REPORT + offset..TD_REPORT + offset + length]
}

/// RTMR0 to RTMR3 of a quote, in hex as the SDK's replay gives them.
pub fn quote_rtmrs(quote: &[u8]) -> Vec<String> {
    (0..4).map(|i| hex::encode(td_report_field(quote, 328 + 48 * i, 48))).collect()
}

/// The 64 bytes of report data in a quote.
pub fn quote_report_data(quote: &[u8]) -> &[u8] {
    td_report_field(quote, 520, 64)
}

/// The public half of a private key given in hex.
pub fn public_key(private_key: &str) -> VerifyingKey {
    let bytes = hex::decode(private_key).expect("a key in hex");
    *SigningKey::from_slice(&bytes).expect("a secp256k1 key").verifying_key()
}

/// A public key as 33 bytes.
pub fn compressed(key: &VerifyingKey) -> Vec<u8> {
    key.to_encoded_point(true).as_bytes().to_vec()
}

/// Who made this r || s || recovery id over the Keccak-256 of `message`.
pub fn recover(message: &[u8], signature: &[u8]) -> VerifyingKey {
    assert_eq!(signature.len(), 65, "a recoverable signature has 65 bytes");
    let rs = Signature::from_slice(&signature[..64]).expect("r and s in range");
    let id = RecoveryId::from_byte(signature[64]).expect("a recovery id of 0 to 3");
    let digest = Keccak256::digest(message);
    VerifyingKey::recover_from_prehash(&digest, &rs, id).expect("a signature that some key made")
}

/// Turns `async fn case(endpoint: &str)` into one test over TCP and one over
/// the Unix socket.
#[macro_export]
macro_rules! over_each_transport {
    ($socket:literal: $($case:ident),* $(,)?) => {
        mod tcp {
            $(#[tokio::test]
            async fn $case() {
                super::$case(&dstack_simulator_clients::setting("URL")).await
            })*
        }
        mod unix {
            $(#[tokio::test]
            async fn $case() {
                super::$case(&dstack_simulator_clients::setting($socket)).await
            })*
        }
    };
}
