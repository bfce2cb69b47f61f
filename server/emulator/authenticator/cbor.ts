/** As much CBOR (RFC 8949) as an attestation needs. By hand, because the authenticator shares no code with the verifier. */

export type CborValue = number | string | Uint8Array | ReadonlyMap<number | string, CborValue>;

export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string")
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const members = [...value].flatMap(([name, member]) => [encodeCbor(name), encodeCbor(member)]);
  return Buffer.concat([head(5, value.size), ...members]);
}

/** Major type and argument. */
function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.from([type | argument]);
  if (argument < 0x100) return Buffer.from([type | 24, argument]);
  const bytes = Buffer.alloc(3);
  bytes.writeUInt8(type | 25, 0);
  bytes.writeUInt16BE(argument, 1);
  return bytes;
}
