import { ipv4RangeOf, isSpecial } from '../../src/private/ipv4-range';

test.each([
  ['10.0.0.0/16', 0x0a000000, 16],
  ['255.255.255.255/32', 0xffffffff, 32],
  ['0.0.0.0/0', 0, 0],
])('reads %s', (text, first, mask) => {
  expect(ipv4RangeOf(text)).toEqual({ first, mask });
});

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.1/16', '010.0.0.0/16', '10.0.0.0/016', '10.0.0.256/32', '1.2.3/24', '::/0', ''])('reads no range from %p', (text) => {
  expect(ipv4RangeOf(text)).toBeUndefined();
});

test.each(['0.1.0.0/16', '127.0.0.0/16', '169.254.0.0/20', '224.0.0.0/16', '240.0.0.0/16'])('calls %s special', (text) => {
  expect(isSpecial(ipv4RangeOf(text)!)).toBe(true);
});

test.each(['10.0.0.0/16', '172.16.0.0/16', '192.168.0.0/16', '100.64.0.0/16', '169.0.0.0/16'])('calls %s ordinary', (text) => {
  expect(isSpecial(ipv4RangeOf(text)!)).toBe(false);
});
