import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Tier } from '../../src/environment/tier';
import { PlatformNetwork } from '../../src/network/platform-network';
import { PlatformService } from '../../src/platform-service/platform-service';
import { stackOf, vpcIn, webProps } from '../support';

/** What the CDK writes where nothing may go out: CloudFormation would let everything out of a group without rules. */
const NOWHERE = [Match.objectLike({ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' })];

test('a load balancer reaches the tasks of its service on their port, and nothing else', () => {
  const stack = stackOf();
  new PlatformService(stack, 'Api', webProps(stack, vpcIn(stack)));
  const template = Template.fromStack(stack);
  const [id, tasks] = ['Load balancer of Shop/Api', 'Tasks of Shop/Api'].map((GroupDescription) =>
    Object.keys(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription } }))[0]);

  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).map(({ Properties }) => Properties).filter(({ GroupId }) => GroupId['Fn::GetAtt'][0] === id);

  template.hasResourceProperties('AWS::EC2::SecurityGroup', { GroupDescription: 'Load balancer of Shop/Api', SecurityGroupEgress: Match.absent() });
  expect(rules).toEqual([expect.objectContaining({ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, DestinationSecurityGroupId: { 'Fn::GetAtt': [tasks, 'GroupId'] } })]);
});

test('the endpoints of a network answer, and reach nothing by themselves', () => {
  const stack = stackOf(Tier.PROD);
  new PlatformNetwork(stack, 'Network', { interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.SQS] });

  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', { GroupDescription: 'AWS APIs for the network Shop/Network', SecurityGroupEgress: NOWHERE });
});
