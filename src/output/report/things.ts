/** What the run was about, in full: in the picture names are cut. */
import { nameOf } from '../../domain/arn.ts';
import type { Result } from '../result.ts';
import { html, type Markup } from './markup.ts';
import { nameOfGroup, type NamedGroup, type Picture, type PicturedSubnet } from './picture.ts';

export function things(result: Result, picture: Picture): Markup {
  const rows = [...cacheRows(result, picture), ...appRows(result, picture)];
  return html`<section class="card">
    <h2>What it was about</h2>
    <table class="things">
      <tbody>
        ${rows.map(
          ([name, what]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${what}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

type Row = readonly [name: string, what: string];

function cacheRows({ caches }: Result, picture: Picture): Row[] {
  return caches.flatMap(({ name, arn, endpoint, readerEndpoint, transitEncryption, auth }): Row[] => {
    const groups = picture.caches.find((cache) => cache.name === name)?.securityGroups ?? [];
    return [
      [`cache ${name}`, arn],
      ...(endpoint
        ? [
            row(
              'endpoint',
              `${endpoint.address}:${endpoint.port}, ${transitEncryption ? 'TLS' : 'no TLS'}, auth ${auth}`,
            ),
          ]
        : []),
      ...(readerEndpoint ? [row('reader', `${readerEndpoint.address}:${readerEndpoint.port}`)] : []),
      ...(groups.length > 0 ? [row('its groups', inFull(groups))] : []),
    ];
  });
}

function appRows({ consumers, stickiness }: Result, { apps }: Picture): Row[] {
  const running = consumers.map((consumer): Row =>
    consumer.kind === 'ecs'
      ? [
          `service ${consumer.service}`,
          `${nameOf(consumer.taskDefinitionArn)} in the cluster ${consumer.ecsCluster}, ` +
            `${consumer.runningCount} of ${consumer.desiredCount} tasks, rollout ${consumer.rollout}`,
        ]
      : [`instances of ${consumer.name}`, consumer.instances.join(', ')],
  );
  return [
    ...running,
    ...apps.flatMap(({ name, securityGroups, subnets }): Row[] => [
      [`groups of ${name}`, inFull(securityGroups)],
      [`subnets of ${name}`, subnets.map(inWords).join(', ')],
    ]),
    ...stickiness.map(({ targetGroupArn, enabled }): Row => [
      'target group',
      `${targetGroupArn}, stickiness ${enabled ? 'on' : 'off'}`,
    ]),
  ];
}

function inWords({ subnetId, availabilityZone, cidrBlock = '' }: PicturedSubnet): string {
  return `${subnetId} (${[availabilityZone, cidrBlock].join(' ').trim()})`;
}

function row(name: string, what: string): Row {
  return [name, what];
}

function inFull(groups: readonly NamedGroup[]): string {
  return groups.map(nameOfGroup).join(', ');
}
