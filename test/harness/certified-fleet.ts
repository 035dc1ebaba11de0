/** Four users with certificates of an authority, or what else is said of them, and their gateway. */
export const fleet = (method: string, client: string, gate = client): string => `name: fleet
authorities: { corporate: { key: ecdsa-256 } }
peers:
  users:
    count: 4
    addresses: 10.2.0.0/24
    identity: "user-{number}.example"
    authentication: ${method}
    ike: [aes128-sha256-x25519]
    ${client}
  gate:
    role: gateway
    addresses: 192.0.2.1
    identity: gate.example
    authentication: ${method}
    ike: [aes128-sha256-x25519]
    ${gate}
connections: [{ from: users, to: gate }]
load: { executor: storm, drain: 20s }
`;
