/** The zones of a region. Local Zones must be opted into: each region that has them has one that is, and one that is not. */
import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { type FilterTable, matching } from './filters.ts';
import type { Ec2State } from './state.ts';

export interface Zone {
  readonly zoneName: string;
  readonly zoneId: string;
  readonly groupName: string;
  readonly kind: 'availability-zone' | 'local-zone';
  readonly optInStatus: 'opt-in-not-required' | 'opted-in' | 'not-opted-in';
  readonly parentZoneName?: string;
  readonly parentZoneId?: string;
}

const ZONE_LETTERS: Readonly<Record<string, readonly string[]>> = {
  'us-east-1': ['a', 'b', 'c', 'd', 'e', 'f'],
  'us-west-2': ['a', 'b', 'c', 'd'],
};
const LOCAL_ZONES: Readonly<Record<string, readonly [optedIn: string, notOptedIn: string]>> = {
  'us-east-1': ['bos-1', 'atl-2'],
  'us-west-2': ['lax-1', 'den-1'],
  'eu-central-1': ['ham-1', 'waw-1'],
  'ap-southeast-2': ['per-1', 'akl-1'],
};

export function zonesOf(region: string): Zone[] {
  const short = regionShortName(region);
  const zones = (ZONE_LETTERS[region] ?? ['a', 'b', 'c']).map((letter, index): Zone => ({
    zoneName: `${region}${letter}`,
    zoneId: `${short}-az${index + 1}`,
    groupName: `${region}-zg-1`,
    kind: 'availability-zone',
    optInStatus: 'opt-in-not-required',
  }));
  const locals = (LOCAL_ZONES[region] ?? []).map((place, index): Zone => ({
    zoneName: `${region}-${place}a`,
    zoneId: `${short}-${place.replace('-', '')}-az1`,
    groupName: `${region}-${place}`,
    kind: 'local-zone',
    optInStatus: index === 0 ? 'opted-in' : 'not-opted-in',
    parentZoneName: `${region}a`,
    parentZoneId: `${short}-az1`,
  }));
  return [...zones, ...locals];
}

/** 'us-east-1' is 'use1' and 'ap-southeast-2' is 'apse2' in zone ids. */
function regionShortName(region: string): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  const letters = direction.match(/north|south|east|west|central/g) ?? [];
  return `${area}${letters.map((word) => word.charAt(0)).join('')}${number}`;
}

export function availabilityZoneOperations(state: Ec2State) {
  return {
    DescribeAvailabilityZones(input: DescribeAvailabilityZonesRequest): DescribeAvailabilityZonesResult {
      const names = input.ZoneNames ?? [];
      const ids = input.ZoneIds ?? [];
      const unknown = [
        ...names.filter((name) => !state.zones.some((zone) => zone.zoneName === name)),
        ...ids.filter((id) => !state.zones.some((zone) => zone.zoneId === id)),
      ];
      if (unknown[0])
        throw new ServiceError('InvalidParameterValue', `Invalid availability zone: [${unknown[0]}]`);
      const named = state.zones.filter(
        (zone) =>
          (names.length === 0 || names.includes(zone.zoneName)) &&
          (ids.length === 0 || ids.includes(zone.zoneId)) &&
          (input.AllAvailabilityZones === true || zone.optInStatus !== 'not-opted-in'),
      );
      return {
        AvailabilityZones: matching(state, named, input.Filters, filters, (zone) => zone.zoneName).map(
          (zone) => describe(state, zone),
        ),
      };
    },
  };
}

function describe(state: Ec2State, zone: Zone): AvailabilityZone {
  return {
    OptInStatus: zone.optInStatus,
    Messages: [],
    RegionName: state.region,
    ZoneName: zone.zoneName,
    ZoneId: zone.zoneId,
    GroupName: zone.groupName,
    NetworkBorderGroup: zone.kind === 'local-zone' ? zone.groupName : state.region,
    ZoneType: zone.kind,
    ParentZoneName: zone.parentZoneName,
    ParentZoneId: zone.parentZoneId,
    State: 'available',
  };
}

const filters: FilterTable<Zone> = {
  'group-name': (zone) => zone.groupName,
  message: () => [],
  'opt-in-status': (zone) => zone.optInStatus,
  'parent-zone-id': (zone) => zone.parentZoneId,
  'parent-zone-name': (zone) => zone.parentZoneName,
  'region-name': (_zone, state) => state.region,
  state: () => 'available',
  'zone-id': (zone) => zone.zoneId,
  'zone-name': (zone) => zone.zoneName,
  'zone-type': (zone) => zone.kind,
};
