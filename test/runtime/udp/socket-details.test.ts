import { describe, expect, it } from 'vitest';
import { addressOctets } from '../../../src/runtime/udp/address-octets.ts';
import { EndpointCache } from '../../../src/runtime/udp/endpoint-cache.ts';
import { localAddressField, sumDropColumn } from '../../../src/runtime/udp/kernel-drops.ts';
import { errorCode, formatEndpoint, SocketError } from '../../../src/runtime/udp/socket-error.ts';

describe('addressOctets', () => {
  it.each([
    ['192.0.2.1', [192, 0, 2, 1]],
    ['::', Array.from({ length: 16 }, () => 0)],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['2001:db8::ff', [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff]],
    ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['fe80::1%eth0', [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['::ffff:192.0.2.1', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]],
  ])('reads %s', (text, octets) => {
    expect([...addressOctets(text)]).toEqual(octets);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    'example.org',
    '1:2:3',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
  ])('refuses %j', (text) => {
    expect(() => addressOctets(text)).toThrow(RangeError);
  });
});

describe('EndpointCache', () => {
  it('gives the same endpoint for the same sender and a new one for another port', () => {
    const cache = new EndpointCache();
    const first = cache.endpoint('192.0.2.1', 500);
    expect(cache.endpoint('192.0.2.1', 500)).toBe(first);
    expect(cache.endpoint('192.0.2.1', 4500)).toEqual({ ...first, port: 4500 });
  });
});

describe('losses counted by the kernel', () => {
  it('names sockets as /proc/net/udp does', () => {
    expect(localAddressField({ address: '127.0.0.1', port: 500 })).toBe('0100007F:01F4');
    expect(localAddressField({ address: '::1', port: 4500 })).toBe('00000000000000000000000001000000:1194');
  });

  it('adds up the drops of the sockets asked for', () => {
    const table = [
      '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
      '  410: 0100007F:01F4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 8 2 0000000000000000 17',
      '  411: 0100007F:1194 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 0000000000000000 5',
      '',
    ].join('\n');
    expect(sumDropColumn(table, new Set(['0100007F:01F4']))).toBe(17);
    expect(sumDropColumn(table, new Set(['0100007F:01F4', '0100007F:1194']))).toBe(22);
    expect(sumDropColumn(table, new Set(['0200007F:01F4']))).toBe(0);
  });
});

describe('SocketError', () => {
  it('says what, where, why and what to do', () => {
    const error = new SocketError('EACCES', '192.0.2.1', 500);
    expect(error.message).toBe('cannot bind UDP 192.0.2.1:500: no permission (EACCES)');
    expect(error.hint).toMatch(/^ports below 1024/);
    expect(new SocketError('EMFILE', '127.0.0.1', 0).hint).toMatch(/ulimit -n/);
    expect(new SocketError('EADDRINUSE', '127.0.0.1', 500).hint).toMatch(/IKE daemon/);
    expect(new SocketError('EADDRNOTAVAIL', '2001:db8::1', 0).hint).toMatch(/ip -6 addr add/);
    expect(new SocketError('EWEIRD', '127.0.0.1', 9).message).toBe('cannot bind UDP 127.0.0.1:9: EWEIRD');
  });

  it('writes IPv6 endpoints in brackets', () => {
    expect(formatEndpoint('2001:db8::1', 500)).toBe('[2001:db8::1]:500');
  });

  it('knows an error without a code', () => {
    expect(errorCode(new Error('x'))).toBe('UNKNOWN');
    expect(errorCode('x')).toBe('UNKNOWN');
  });
});
