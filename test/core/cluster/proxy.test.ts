import { expect, it } from 'vitest';
import { proxyFor } from '../../../src/core/cluster/server/proxy.ts';

const proxy = 'http://proxy:3128';

it.each([
  ['https://api.example.com:6443', {}, undefined],
  ['https://api.example.com:6443', { HTTPS_PROXY: proxy }, proxy],
  ['https://api.example.com', { https_proxy: 'proxy:3128' }, proxy],
  ['http://api.example.com', { HTTPS_PROXY: proxy }, undefined],
  ['http://api.example.com', { HTTP_PROXY: proxy }, proxy],
  ['https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://127.1.2.3:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
  ['https://api.example.com', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
  ['https://api.example.com', { HTTPS_PROXY: proxy, NO_PROXY: 'x, example.com' }, undefined],
  ['https://example.com', { HTTPS_PROXY: proxy, NO_PROXY: '.example.com' }, proxy],
  ['https://api.example.com', { HTTPS_PROXY: proxy, no_proxy: '.example.com' }, undefined],
  ['https://notexample.com', { HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }, proxy],
  ['https://10.2.3.4:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.2.3.4:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, proxy],
  ['https://10.2.3.4:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.2.3.4:6443' }, undefined],
  ['https://10.2.3.4:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.2.3.4:443' }, proxy],
])('%s with %o goes through %s', (server, env, expected) => {
  expect(proxyFor(server, env)).toBe(expected);
});
