CREATE TABLE `house_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`number` integer NOT NULL,
	`text` text NOT NULL,
	`changed_by` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `house_rules_number` ON `house_rules` (`account_id`,`number`);--> statement-breakpoint
CREATE TABLE `agreements` (
	`id` text PRIMARY KEY NOT NULL,
	`week_host_id` text NOT NULL,
	`number` integer NOT NULL,
	`text` text NOT NULL,
	`name` text NOT NULL,
	`person_id` text NOT NULL,
	`signed_at` integer NOT NULL,
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agreements_once` ON `agreements` (`week_host_id`,`number`);--> statement-breakpoint
CREATE TABLE `briefing_ticks` (
	`week_host_id` text NOT NULL,
	`point` text NOT NULL,
	`ticked_by` text NOT NULL,
	`ticked_at` integer NOT NULL,
	PRIMARY KEY(`week_host_id`, `point`),
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`ticked_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `accounts` ADD `briefing` text;--> statement-breakpoint
ALTER TABLE `week_hosts` ADD `opening` text DEFAULT 'free' NOT NULL;--> statement-breakpoint
ALTER TABLE `week_hosts` ADD `opened_by` text REFERENCES people(id);--> statement-breakpoint
ALTER TABLE `week_hosts` ADD `opened_at` integer;--> statement-breakpoint
ALTER TABLE `week_hosts` ADD `stood_still_at` integer;--> statement-breakpoint
INSERT INTO `house_rules` (`id`, `account_id`, `number`, `text`, `changed_by`, `at`)
SELECT lower(hex(randomblob(16))), `id`, 1, coalesce(json_extract(`texts`, '$.houseRules'), ''), NULL, `created_at` FROM `accounts`;
