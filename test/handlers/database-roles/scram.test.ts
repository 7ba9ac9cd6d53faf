import { createHmac } from 'node:crypto';
import { scramVerifier } from '../../../src/handlers/database-roles/scram';

test('a verifier proves the server of the example in RFC 7677', () => {
  const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);

  const [, serverKey] = verifier.split('$')[2].split(':');
  const messages = 'n=user,r=rOprNGfwEbeRWgbNEkqO,'
    + 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,'
    + 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  expect(createHmac('sha256', Buffer.from(serverKey, 'base64')).update(messages).digest('base64'))
    .toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[^:]{44}:[^:]{44}$/);
});

test('two verifiers of one password differ', () => {
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});

test('a password that drivers would not hash alike is refused without being quoted', () => {
  expect(() => scramVerifier('pässword')).toThrow('a password may only hold printable ASCII characters; others are not hashed alike by all drivers');
});
