/** The only source of ids, codes, WebAuthn challenges and probabilities. */
import { createHmac, randomBytes } from "node:crypto";

export interface Random {
  bytes(count: number): Buffer;
  uuid(): string;
  /** `count` decimal digits, leading zeros included, each equally likely. */
  digits(count: number): string;
  /** Uniform in [0, 1). */
  fraction(): number;
  /**
   * Mixes restored state into a seeded stream, which would otherwise start again and repeat existing ids. The same seed
   * and the same state still give the same stream.
   */
  dependOn(restored: string): void;
}

/**
 * Without a seed: the operating system's generator. With one: a repeatable stream (HMAC-SHA-256 in counter mode), so
 * that a test run can be repeated exactly. For tests only.
 */
export function createRandom(seed?: string): Random {
  const stream = seed === undefined ? { bytes: randomBytes, dependOn: () => {} } : seededStream(seed);
  const { bytes, dependOn } = stream;
  return {
    bytes,
    dependOn,
    uuid: () => toUuid(bytes(16)),
    digits: (count) => {
      let digits = "";
      while (digits.length < count) {
        for (const byte of bytes(count)) {
          // 250 is the largest multiple of ten in a byte: dropping the rest keeps the digits uniform.
          if (byte < 250 && digits.length < count) digits += byte % 10;
        }
      }
      return digits;
    },
    fraction: () => bytes(4).readUInt32BE() / 2 ** 32,
  };
}

function seededStream(seed: string): Pick<Random, "bytes" | "dependOn"> {
  let key: string | Buffer = seed;
  let block = 0;
  let pool: Buffer = Buffer.alloc(0);
  return {
    bytes(count) {
      while (pool.length < count) {
        const next = createHmac("sha256", key).update(String(block)).digest();
        pool = Buffer.concat([pool, next]);
        block += 1;
      }
      const taken = Buffer.from(pool.subarray(0, count));
      pool = pool.subarray(count);
      return taken;
    },
    dependOn(restored) {
      key = createHmac("sha256", key).update(restored).digest();
      block = 0;
      pool = Buffer.alloc(0);
    },
  };
}

/** RFC 9562 version 4: both SDKs and the docs show ids in this form. */
function toUuid(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
