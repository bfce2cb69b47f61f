/**
 * Test vectors of Web Authentication Level 3, section 16 (https://www.w3.org/TR/webauthn-3/#sctn-test-vectors), in hex as
 * printed there. Client data is spelt out instead: the signatures prove that it is byte for byte the same. Every vector is
 * of RP ID example.org and origin https://example.org.
 */

export interface Ceremony {
  readonly challenge: string;
  readonly clientData: string;
}

export interface RegistrationVector extends Ceremony {
  readonly name: string;
  readonly credentialId: string;
  readonly attestationObject: string;
}

export interface AuthenticationVector extends Ceremony {
  readonly authenticatorData: string;
  readonly signature: string;
}

const extension = "clientDataJSON may be extended with additional fields in the future, such as this: ";

function clientData(
  type: string,
  challenge: string,
  more: { crossOrigin?: boolean; random?: string } = {},
): string {
  return JSON.stringify({
    type,
    challenge: Buffer.from(challenge, "hex").toString("base64url"),
    origin: "https://example.org",
    crossOrigin: more.crossOrigin ?? false,
    ...(more.random === undefined ? {} : { extraData: extension + more.random }),
  });
}

function create(challenge: string, more?: { crossOrigin?: boolean; random?: string }): Ceremony {
  return { challenge, clientData: clientData("webauthn.create", challenge, more) };
}

function get(challenge: string, more?: { random?: string }): Ceremony {
  return { challenge, clientData: clientData("webauthn.get", challenge, more) };
}

export const registrations: readonly (RegistrationVector & {
  readonly authentication: AuthenticationVector;
})[] = [
  {
    name: "none.ES256 (16.2)",
    ...create("00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130", {
      random: "BkQeDjdcTBrXBiAwJTLE5Q",
    }),
    credentialId: "f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4",
    attestationObject:
      "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592" +
      "a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad" +
      "94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a" +
      "56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220",
    authentication: {
      ...get("39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408"),
      authenticatorData: "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000",
      signature:
        "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1" +
        "dd5d78c6e486013f937295ea13653e331e87",
    },
  },
  {
    name: "packed-self.ES256 (16.3)",
    ...create("7869c2b772d4b58eba9378cf8f29e26cf935aa77df0da89fa99c0bdc0a76f7e5", {
      random: "U9hTXvKE2URkMnb_0xYHVg",
    }),
    credentialId: "455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58c",
    attestationObject:
      "a363666d74667061636b65646761747453746d74a263616c672663736967584630440220067a20754ab925005dbf378097c92120031581" +
      "c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba3af18bd9d121fa3d3a26d17fe3f220272178f473b6006d6861757468446174" +
      "6158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000df850e09db6afbdfab51697791506c" +
      "fc0020455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58ca5010203262001215820eb151c8176b225cc6515" +
      "59fecf07af450fd85802046656b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee4" +
      "84f2",
    authentication: {
      ...get("4478a10b1352348dd160c1353b0d469b5db19eb91c27f7dfa6fed39fe26af20b", {
        random: "gTb53rz6EhSWomXGzimC1Q",
      }),
      authenticatorData: "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50900000000",
      signature:
        "304402203310b9431903c401f1be2bdc8d23a4007682dbbddcf846994947b7f465daf84002204e94dd00047b316061b3b99772b7efd9" +
        "5994a83ef584b3b6b825ea3550251b66",
    },
  },
  {
    name: "packed.EdDSA (16.11)",
    ...create("a8abf9dabdc6b0df63466b39bda9e8a34a34e185337a59f1c579990676d3b3bd", {
      random: "B_DT5g7ZD_-9OTLYX5IvEQ",
    }),
    credentialId: "ce9f840ed96599580cd140fbc7bb3230633f50f61041aff73308ae71caa8a2bd",
    attestationObject:
      "a363666d74667061636b65646761747453746d74a363616c67266373696758483046022100d83f60bd80269537583218858aefb03ac57d" +
      "45fa06e42feaae332d187f62da9f022100a02bd3cb6f7e1d283c93bad1f3f4b5a4c0494463da7fdbf256949116754d1f17637835638159" +
      "022730820223308201c8a003020102021100b2cfc9ea33c8643b0e1a760463eaf164300a06082a8648ce3d0403023062311e301c060355" +
      "04030c15576562417574686e207465737420766563746f7273310c300a060355040a0c0357334331253023060355040b0c1c4175746865" +
      "6e74696361746f72204174746573746174696f6e204341310b30090603550406130241413020170d3234303130313030303030305a180f" +
      "33303234303130313030303030305a305f311e301c06035504030c15576562417574686e207465737420766563746f7273310c300a0603" +
      "55040a0c0357334331223020060355040b0c1941757468656e74696361746f72204174746573746174696f6e310b300906035504061302" +
      "41413059301306072a8648ce3d020106082a8648ce3d03010703420004dd2b7a564b73b8c0b81c4c62e521925c4d1198ec9f583dbf1eeb" +
      "e364b65cd9c29a9bdf346aaa81fb6b9507e5249a52fdaf8e39e26b0b7dc45992a7e233b70f70a360305e300c0603551d130101ff040230" +
      "00300e0603551d0f0101ff040403020780301d0603551d0e041604140ae27546bc7eccb1b4b597bd354f0c0b1f1f8f8e301f0603551d23" +
      "04183016801445aff715b0dd786741fee996ebc16547a3931b1e300a06082a8648ce3d0403020349003046022100a0d434ecb5fc3bfd7d" +
      "a5f41904517ad2836249f561bd834ba7a438a8ab7a4ce8022100fac845bb7a02513b58e9f319654dbe49b0f02b95835bac568c71f8a18c" +
      "dde9ab6861757468446174615881bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54100000000d5aa3358" +
      "1e8ca478e20fe713f5d32ff20020ce9f840ed96599580cd140fbc7bb3230633f50f61041aff73308ae71caa8a2bda40101032720062158" +
      "2044e06ddd331c36a8dc667bab52bcae63486c916aa5e339e6acebaa84934bf832",
    authentication: {
      ...get("895957e01c633a698348a2d8a31a54b7db27e8c1c43b2080d79ae2190267bfd2"),
      authenticatorData: "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50100000000",
      signature:
        "f5c59c7e46c34f6f8cc197101ddf9934fa2595f68eb1913a637e8419eb9ba4cfdfc48f85393bc0d40b011f0d6fecb097d6607525713223" +
        "a0dc0d453993dae00b",
    },
  },
];

/** 16.4: a ceremony in a cross-origin frame, which this relying party never allows. */
export const crossOriginRegistration: RegistrationVector = {
  name: "none.ES256.crossOrigin (16.4)",
  ...create("3be5aacd03537142472340ab5969f240f1d87716e20b6807ac230655fa4b3b49", {
    crossOrigin: true,
    random: "zZquEtDR9DWqpW5tBWTFug",
  }),
  credentialId: "6e1050c0d2ca2f07c755cb2c66a74c64fa43065c18f938354d9915db2bd5ce57",
  attestationObject:
    "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f0" +
    "1452b2e4b54500000000883f4f6014f19c09d87aa38123be48d000206e1050c0d2ca2f07c755cb2c66a74c64fa43065c18f938354d9915db2b" +
    "d5ce57a501020326200121582022200a473f90b11078851550d03b4e44a2279f8c4eca27b3153dedfe03e4e97d225820cbd0be95e746ad6f5a" +
    "8191be11756e4c0420e72f65b466d39bc56b8b123a9c6e",
};

/** 16.10: packed.RS256. The key is the product of two Mersenne primes, as section 16 says. */
export const rs256 = {
  credentialId: "992a18acc83f67533600c1138a4b4c4bd236de13629cf025ed17cb00b00b74df",
  publicKey: `a4010303390100205901b4${modulus()}2143010001`,
  authentication: {
    ...get("295f59f5fa8fe62c5aca9e27626c78c8da376ae6d8cd2dd29aebad601e1bc4c5"),
    authenticatorData: "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000",
    signature:
      "01063d52d7c39b4d432fc7063c5d93e582bdcb16889cd71f888d67d880ea730a428498d3bc8e1ee11f2b1ecbe6c292b118c55ffaaddefa8c" +
      "ad0a54dd137c51f1eec673f1bb6c4d1789d6826a222b22d0f585fc901fdc933212e579d199b89d672aa44891333e6a1355536025e82b2559" +
      "0256c3538229b55737083b2f6b9377e49e2472f11952f79fdd0da180b5ffd901b4049a8f081bb40711bef76c62aed943571f2d0575304cb5" +
      "49d68d8892f95086a30f93716aee818f8dc06e96c0d5e0ed4cfa9fd8773d90464b68cf140f7986666ff9c9e3302acd0535d60d769f465e2a" +
      "b57ef8aabc89fccfef7ba32a64154a8b3d26be2298f470b8cc5377dbe3dfd4b0b45f8f01e63bde6cfc76b62771f9b70aa27cf40152cad93a" +
      "a5acd784fd4b90f676e2ea828d0bf2400aebbaae4153e5838f537f88b6228346782a93a899be66ec77de45b3efcf311da6321c92e6b0cd11" +
      "bfe653bf3e98cee8e341f02d67dbb6f9c98d9e8178090cfb5b70fbc6d541599ac794ae2f1d4de1286ec8de8c2daf7b1d15c8438e90d924df" +
      "5c19045220a4c8438c1b979bbe016cf3d0eeec23c3999d4882cc645b776de930756612cdc6dd398160ff02a6",
  },
} as const;

function modulus(): string {
  const product = (2n ** 1279n - 1n) * (2n ** 2203n - 1n);
  return product.toString(16).padStart(436 * 2, "0");
}
