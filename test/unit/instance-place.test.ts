/** What the anchor keeps of an app on instances, and what is read of it on the way back. */
import { expect, test } from 'vitest';
import { instancePlacesOf, instancePlaceText, notedName } from '../../src/domain/instance-place.ts';

const web = { name: 'web', parameterPath: '/shop/web', instances: { autoScalingGroup: 'shop web' } };
const inFile = { ...web, name: 'the web: app = 1 asg:x', envFile: '/etc/web.env' };

test('where the values wait and where the app runs are read back as they were written', () => {
  expect(instancePlacesOf([instancePlaceText(web)])).toMatchObject([
    { place: { parameterPath: '/shop/web' }, selection: { autoScalingGroup: 'shop web' } },
  ]);
  const text = instancePlaceText(inFile);
  expect(text).toMatch(/^[\w .:/=+@-]{1,256}$/);
  expect(instancePlacesOf([text])).toEqual([
    { text, place: { app: notedName(inFile.name) }, selection: { autoScalingGroup: 'shop web' } },
  ]);
});

test('what an earlier version noted without a name is read, until the same app is noted with one', () => {
  const old = 'env-file asg:shop web';
  expect(instancePlacesOf([old])).toEqual([
    { text: old, place: { app: undefined }, selection: { autoScalingGroup: 'shop web' } },
  ]);
  const other = 'env-file asg:jobs';
  const text = instancePlaceText(inFile);
  expect(instancePlacesOf([old, text, other]).map((each) => each.text)).toEqual([text, other]);
});

test('what a tag takes without the name is not refused for the name', () => {
  const instances = { instances: Array.from({ length: 11 }, () => 'i-0123456789abcdef0') };
  const text = instancePlaceText({ ...inFile, name: 'an app with a long name', instances });
  expect(text.length).toBeLessThanOrEqual(256);
  expect(instancePlacesOf([text])).toMatchObject([{ place: { app: undefined }, selection: instances }]);
});
