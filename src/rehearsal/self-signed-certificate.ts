import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, as PEM. Who trusts the certificate trusts itself as its authority. */
export interface SelfSignedCertificate {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MILLIS = 86_400_000;
const ECDSA_WITH_SHA256 = tlv(0x30, oid('2a8648ce3d040302'));

/**
 * A certificate for `localhost`, of two days. Node.js reads certificates and makes none, and not every laptop has openssl.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc5280#section-4.1
 */
export function selfSignedCertificate(now = Date.now()): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = tlv(0x30, tlv(0x31, tlv(0x30, oid('550403'), tlv(0x0c, Buffer.from('localhost')))));
  const authority = tlv(0x30, oid('551d13'), tlv(0x01, byte(0xff)), tlv(0x04, tlv(0x30, tlv(0x01, byte(0xff)))));
  const names = tlv(0x30, oid('551d11'), tlv(0x04, tlv(0x30, tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1])))));
  const content = tlv(0x30,
    tlv(0xa0, tlv(0x02, byte(2))), // version 3
    tlv(0x02, Buffer.concat([byte(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    name,
    tlv(0x30, time(now - DAY_MILLIS), time(now + DAY_MILLIS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, tlv(0x30, authority, names)),
  );
  const signature = sign('sha256', content, privateKey);
  return {
    certificate: pem(tlv(0x30, content, ECDSA_WITH_SHA256, tlv(0x03, byte(0), signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** Tag, length and value: all that DER is made of. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function oid(hexadecimal: string): Buffer {
  return tlv(0x06, Buffer.from(hexadecimal, 'hex'));
}

function byte(value: number): Buffer {
  return Buffer.from([value]);
}

/** UTCTime: `261125045900Z`. */
function time(millis: number): Buffer {
  return tlv(0x17, Buffer.from(`${new Date(millis).toISOString().slice(2, 19).replace(/\D/g, '')}Z`));
}

function pem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}
