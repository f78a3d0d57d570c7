import { expect, test } from 'vitest';
import { appAddress } from '../../src/domain/app-address.ts';

const behind = (dnsName: string, scheme = 'internet-facing', type = 'application') => ({
  loadBalancer: { arn: 'arn', type, scheme, dnsName },
});

test('an app answers at the load balancer that its address is of', () => {
  const targetGroups = [behind('inside.elb.amazonaws.com', 'internal'), behind('Web-1.elb.amazonaws.com')];
  const url = 'http://Web-1.elb.amazonaws.com:8080';
  expect(appAddress({ url, targetGroups })).toEqual({
    dnsName: 'Web-1.elb.amazonaws.com',
    isInternal: false,
    url,
  });
});

test('an app that only rules lead to has a load balancer, and no address', () => {
  expect(appAddress({ targetGroups: [behind('inside.elb.amazonaws.com', 'internal')] })).toEqual({
    dnsName: 'inside.elb.amazonaws.com',
    isInternal: true,
  });
});

test('an app behind nothing that speaks HTTP has none', () => {
  expect(
    appAddress({ targetGroups: [{}, behind('n.elb.amazonaws.com', 'internal', 'network')] }),
  ).toBeUndefined();
});
